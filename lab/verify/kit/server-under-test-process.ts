/**
 * The server under attack, alone in its process: so a crash is seen as a crash, and its memory is its own.
 *
 * It is the lab as `npm start` builds it, with small pages; server-under-test.ts starts it and talks to it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { writeHeapSnapshot } from 'node:v8'
import { buildLab } from '../../app/build-lab.ts'
import { servePages } from '../../app/pages.ts'
import { Hub } from '../../hub/hub.ts'
import { trustFrom } from '../../server/limits/trust.ts'
import { openLog } from '../../server/observe/log.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { type Figures, type Question, SECRET, type ServerUnderTestOptions } from './server-under-test.ts'

const options = JSON.parse(process.argv[2]!) as ServerUnderTestOptions
const { data, withAll = false, ...labOptions } = options
const all = { requestLog: openLog({ sink: { write() {} } }), trust: trustFrom(['127.0.0.1']), compress: true }
const store = data === undefined ? null : openSqliteStore(join(data, 'chat.sqlite'))
const hub = new Hub({ store })
const app = await buildLab({
  ...{ hub, ...labOptions },
  ...(withAll && all),
  ...(store && { records: store.records }),
})
const folder = mkdtempSync(join(tmpdir(), 'lab-under-test-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
await servePages(app, pagesBesideSecrets(folder), { runs: join(folder, 'runs') })
await app.listen({ host: '127.0.0.1', port: 0 })

process.on('disconnect', () => process.exit()) // the test is gone
process.on('message', async (question: Question) =>
  process.send!(question.ask === 'heap' ? writeHeapSnapshot(question.file) : await figures()),
)
process.send!((app.server.address() as AddressInfo).port)

async function figures(): Promise<Figures> {
  // Twice: buffers that the first collection finds are given back a little after it.
  for (let round = 0; round < 2; round++) {
    global.gc!()
    await pause(10)
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  const polluted: string[] = []
  for (const key in {}) polluted.push(key) // what hangs on Object.prototype is in every object
  return { rss, held: heapUsed + external, followers: hub.followers, polluted }
}

function pagesBesideSecrets(parent: string): string {
  const pages = join(parent, 'pages')
  mkdirSync(join(pages, '.git'), { recursive: true })
  mkdirSync(join(parent, 'pages-backup'))
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>Under test</title>')
  for (const hidden of ['pages/.env', 'pages/.git/config', 'pages-backup/secret.txt', 'secret.txt']) {
    writeFileSync(join(parent, hidden), SECRET)
  }
  return pages
}
