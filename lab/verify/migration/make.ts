/**
 * Makes the data folder of the present version that migration.test.ts opens: what `npm start` would have kept of a
 * short conversation, with an edit, a file and a person. Run it when a step is added to lab/store/schema.ts, and keep
 * the files of earlier versions beside the new one:
 *
 *     node --import tsx lab/verify/migration/make.ts
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { say } from '../../command/terminal.ts'
import { Hub } from '../../hub/hub.ts'
import { createAccounts } from '../../people/accounts.ts'
import { STEPS } from '../../store/schema.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { EDIT, FILE, FILE_BYTES, FIRST, PASSPHRASE, PERSON } from './content.ts'

const folder = mkdtempSync(join(tmpdir(), 'lab-fixture-'))
const file = join(folder, 'chat.sqlite')
const store = openSqliteStore(file)
const accounts = createAccounts(store.records)
await accounts.signUp(PERSON, PASSPHRASE, null)
const hub = new Hub({ store })
const room = hub.room('lobby')
await room.publish(FIRST)
await room.publish(EDIT)
await room.publish(FILE, FILE_BYTES)
hub.close()

const name = `data-${STEPS.length}.sqlite.gz`
writeFileSync(join(import.meta.dirname, name), gzipSync(readFileSync(file), { level: 9 }))
rmSync(folder, { recursive: true })
say(`${name} is written`)
