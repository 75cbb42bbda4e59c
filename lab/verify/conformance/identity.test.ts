/**
 * The contract, among people who have signed in, at a server that takes nothing unsigned. A client that shows a
 * token must get the same conversation as one that shows none. Over the first and the last transport of
 * the manifest: what a transport does with a request does not depend on what the request shows.
 */
import { describe } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { CASES } from './cases/index.ts'
import { signingIn } from './cases/signing-in.ts'
import { itMeets, ofManifest } from './it-meets.ts'

/** Those about signing in bring their own people. */
const cases = CASES.filter((one) => !signingIn.includes(one))
const subjects = await Promise.all([OVER_HTTP[0]!, OVER_HTTP.at(-1)!].map(ofManifest))

describe.each(subjects)('$name, signed in', (subject) => itMeets(subject, () => ({ allSignIn: true }), cases))
