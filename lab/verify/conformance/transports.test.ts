/** The contract, over every transport of the manifest and over the reference. */
import { describe, expect, it } from 'vitest'
import { TRANSPORTS } from '../../../transports/manifest.ts'
import { CASES } from './cases/index.ts'
import { itMeets, ofManifest } from './it-meets.ts'
import { reference } from './load-subject.ts'

const subjects = [reference, ...(await Promise.all(TRANSPORTS.map(ofManifest)))]

it('has names that are told apart', () => {
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length)
})

it('is met whole by every transport of the manifest: none says that it cannot meet a case', () => {
  const excuses = subjects.flatMap((subject) =>
    'server' in subject ? Object.entries(subject.cannot ?? {}).map((one) => [subject.name, ...one]) : [],
  )
  expect(excuses).toEqual([])
})

describe.each(subjects)('$name', (subject) => itMeets(subject))
