/**
 * The contract, with the log on the disk. A restart is then a new hub that finds what it knows in a
 * file. Over the reference, and over the first and the last transport of the manifest: how a log is
 * kept does not depend on how its pages travel.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { StoreFactory } from '../kit/disk.ts'
import { itMeets, ofManifest } from './it-meets.ts'
import { reference } from './load-subject.ts'

const folder = mkdtempSync(join(tmpdir(), 'lab-contract-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let runs = 0

function newStores(): StoreFactory {
  const run = runs++
  return { open: (log, keep) => openSqliteStore(join(folder, `${run}-${log}.sqlite`), { keep }) }
}

const names = [OVER_HTTP[0]!, OVER_HTTP.at(-1)!]
const subjects = [reference, ...(await Promise.all(names.map(ofManifest)))]

describe.each(subjects)('$name, on disk', (subject) => itMeets(subject, () => ({ stores: newStores() })))
