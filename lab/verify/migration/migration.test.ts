/** A data folder that an earlier version has written opens in this one, with everything that was in it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { Hub } from '../../hub/hub.ts'
import { createAccounts } from '../../people/accounts.ts'
import { STEPS } from '../../store/schema.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { EDIT, FILE, FILE_BYTES, FIRST, PASSPHRASE, PERSON } from './content.ts'

const kept = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.sqlite.gz'))
const folder = mkdtempSync(join(tmpdir(), 'lab-migration-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('there is a folder of the present version (node --import tsx lab/verify/migration/make.ts)', () => {
  expect(kept).toContain(`data-${STEPS.length}.sqlite.gz`)
})

describe.each(kept)('%s', (name) => {
  it('has its messages, its file and its person, and takes more', async () => {
    const file = join(folder, `${name}.sqlite`)
    writeFileSync(file, gunzipSync(readFileSync(join(import.meta.dirname, name))))
    const store = openSqliteStore(file)
    const hub = new Hub({ store })
    try {
      const room = hub.room('lobby')
      const { messages } = room.read(null)
      expect(
        messages.map(({ seq, author, draftId, text, note }) => ({ seq, author, draftId, text, note })),
      ).toEqual(
        [FIRST, EDIT, FILE].map(({ author, draftId, text, note }, at) => ({
          seq: at + 1,
          author,
          draftId,
          text,
          note,
        })),
      )
      const [, , { note }] = messages as [unknown, unknown, (typeof messages)[number]]
      const id = note?.kind === 'file' ? note.file.id : ''
      expect(Uint8Array.from(room.file(id)?.bytes ?? [])).toEqual(FILE_BYTES)

      const { person } = await createAccounts(store.records).signIn(PERSON, PASSPHRASE, null)
      expect(person.name).toBe(PERSON)

      const again = await room.publish(FIRST)
      expect(again.seq, 'a draft of that time is known').toBe(1)
      expect((await room.publish({ ...FIRST, draftId: 'four' })).seq).toBe(4)
    } finally {
      hub.close()
    }
  })
})
