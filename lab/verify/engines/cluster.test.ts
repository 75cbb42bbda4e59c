/** `npm run cluster` as a person meets it, with a real nats-server or etcd and a real nginx or HAProxy: what it starts, and that nothing of it is left. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { ClusterState } from '../../cluster/control/words.ts'
import { find } from '../../cluster/machine/find.ts'
import { isOpen } from '../../cluster/machine/ports.ts'
import { HAS_PROC, type Started, script, started } from '../../command/started.ts'
import { isAlive } from '../../command/temporary.ts'
import { skipLoudly } from '../proxies/programs.ts'

const MISSING = ['nats-server', 'nginx'].filter((program) => find(program) === null)
for (const program of MISSING) skipLoudly(program, program)
const OTHERS = ['etcd', 'haproxy'].filter((program) => find(program) === null)
for (const program of OTHERS) skipLoudly(program, program === 'etcd' ? 'etcd-server' : program)

const LIMIT = { timeout: 240_000 }
const POLL = { timeout: 120_000, interval: 50 }
const folder = mkdtempSync(join(tmpdir(), 'lab-of-clusters-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const running: Started[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.end()
})

function start(...args: string[]): Started {
  const one = started(script('cluster', ...args), { env: { TMPDIR: folder }, detached: true })
  running.push(one)
  return one
}

/** A row of the table that it prints. */
interface Row {
  readonly name: string
  readonly address: string
  readonly pid: number
}

async function startAndWait(...args: string[]): Promise<{ one: Started; rows: Row[]; url: string }> {
  const one = start('--servers', '2', '--engines', '1', '--port', '0', ...args)
  await expect.poll(() => one.said.out + one.said.err, POLL).toMatch(/Ctrl-C stops all of it|cluster:/)
  const rows = [...one.said.out.matchAll(/^([a-z]+(?:-\d)?) +(\w+:\/\/\S+) +(\d+)$/gm)].map(
    ([, name, address, pid]) => ({ name: name!, address: address!, pid: Number(pid) }),
  )
  return { one, rows, url: rows[0]?.address.replace('localhost', '127.0.0.1') ?? one.said.err }
}

const headers = { 'content-type': 'application/json' }
const say = async (url: string, text: string) => {
  const body = JSON.stringify({ draftId: text, author: 'Ada', text })
  return (await fetch(`${url}/rooms/lobby/messages`, { method: 'POST', headers, body })).status
}
const read = async (url: string) =>
  (
    (await (await fetch(`${url}/rooms/lobby/messages`)).json()) as { messages: { text: string }[] }
  ).messages.map(({ text }) => text)

const isOk = (address: string) =>
  fetch(address).then(
    ({ ok }) => ok,
    () => false,
  )

/** Has a server drained, or started. By Node's own client: `fetch` sets Host by itself. */
function order(
  url: string,
  more: Readonly<Record<string, string>>,
  action = 'drain',
  name = 'server-2',
): Promise<number> {
  const all = { host: 'localhost', ...headers, ...more }
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/cluster/orders`, { method: 'POST', headers: all }, (response) => {
      response.resume()
      resolve(response.statusCode!)
    })
    sent.on('error', reject)
    sent.end(JSON.stringify({ name, action }))
  })
}

/** All that it started has ended: by pid, and by port, since nginx writes over what its processes are known by. */
async function expectNothingLeft(one: Started, rows: readonly Row[]): Promise<void> {
  if (HAS_PROC) await expect.poll(() => [...one.family().values()], POLL).toEqual([])
  await expect.poll(() => rows.filter(({ pid }) => isAlive(pid)), POLL).toEqual([])
  const open = () => Promise.all(rows.map(({ address }) => isOpen(Number(new URL(address).port))))
  await expect.poll(open, POLL).toEqual(rows.map(() => false))
  await expect.poll(() => readdirSync(folder).filter((name) => /^lab-cluster/.test(name)), POLL).toEqual([])
}

/** With these programs, whatever they are. */
async function expectOneLab(...args: string[]): Promise<void> {
  const { one, rows, url } = await startAndWait(...args)
  expect(rows.map(({ name }) => name)).toEqual(['front', 'server-1', 'server-2', 'engine-1'])
  const servers = rows.filter(({ name }) => name.startsWith('server'))
  const said = ['one', 'two', 'three', 'four']
  for (const text of said) expect(await say(url, text)).toBe(201)
  for (const { address } of [...servers, { address: url }])
    await expect.poll(() => read(address)).toEqual(said)

  // Without its first server, each request still finds an answer at once: the front asks the other.
  process.kill(servers[0]!.pid, 'SIGKILL')
  await expect.poll(() => one.said.err, POLL).toContain('server-1 has ended (SIGKILL)')
  for (const _ of said) expect(await read(url)).toEqual(said)

  // The control, through the front: for pages of the front, and by the front's name.
  const own = url.replace('127.0.0.1', 'localhost')
  expect(await order(url, { origin: 'https://evil.example' })).toBe(403)
  expect(await order(url, { origin: own, host: 'evil.example' })).toBe(421)
  const marks = ['/', '/healthz', '/rooms/lobby/messages'].map(async (path) =>
    (await fetch(`${url}${path}`)).headers.get('server-timing'),
  )
  expect(await Promise.all(marks)).toEqual(['cluster', null, null])
  expect(await order(url, { origin: own }, 'start', 'server-1')).toBe(202)
  await expect.poll(() => isOk(`${servers[0]!.address}/healthz`), POLL).toBe(true)
  expect(await order(url, { origin: own })).toBe(202)
  await expect.poll(async () => (await fetch(`${servers[1]!.address}/healthz`)).status, POLL).toBe(503)

  one.child.kill('SIGINT')
  expect(await one.ended).toBe(0)
  await expectNothingLeft(one, rows)
}

describe.runIf(MISSING.length === 0)('npm run cluster', LIMIT, () => {
  it('starts two servers on one engine behind a front, which are one lab; and Ctrl-C leaves neither a process nor a folder', () =>
    expectOneLab())

  it('leaves nothing behind when it is killed itself, also of a server that stands still', async () => {
    const { one, rows } = await startAndWait()
    process.kill(rows[1]!.pid, 'SIGSTOP')
    one.child.kill('SIGKILL')
    await one.ended
    await expectNothingLeft(one, rows)
  })

  it('is stopped by Ctrl-C while it starts, and leaves nothing behind', async () => {
    const one = start('--port', '0')
    await expect.poll(() => one.said.out, POLL).toContain('Starting 3 engine nodes, 3 servers and the front')
    await expect.poll(() => readdirSync(folder).join(), POLL).toContain('lab-cluster')
    one.child.kill('SIGINT')
    expect(await one.ended).toBe(130)
    expect(one.said.err).toBe('')
    await expectNothingLeft(one, [])
  })

  it('with --data goes on where it was, and the folder is of one cluster at a time', async () => {
    const data = join(folder, 'kept')
    const first = await startAndWait('--data', data)
    expect(await say(first.url, 'kept')).toBe(201)
    const second = start('--servers', '1', '--engines', '1', '--port', '0', '--data', data)
    expect([await second.ended, second.said.err]).toEqual([
      2,
      expect.stringContaining(`--data ${data} is in use by another cluster`),
    ])
    first.one.child.kill('SIGTERM')
    expect(await first.one.ended).toBe(0)
    const again = await startAndWait('--data', data)
    await expect.poll(() => read(again.url)).toEqual(['kept'])
    again.one.child.kill('SIGINT')
    expect(await again.one.ended).toBe(0)
    await expectNothingLeft(again.one, again.rows)
  })

  it('says in a line which port is taken, and ends with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await expect.poll(() => other.listening).toBe(true)
    const { port } = other.address() as AddressInfo
    const { said, ended } = start('--port', String(port))
    expect(await ended).toBe(1)
    other.close()
    expect(said.err).toBe(
      `cluster: port ${port} is in use; try another: npm run cluster -- --port ${port + 100}\n`,
    )
  })

  it('says in a line that the engine does not come up, and ends with 1', async () => {
    const one = start('--port', '0', '--engines', '1', '--nats', find('false')!)
    expect(await one.ended).toBe(1)
    expect(one.said.err).toBe('cluster: engine-1 did not start: it said nothing\n')
    await expectNothingLeft(one, [])
  })
})

describe.runIf(OTHERS.length === 0)('npm run cluster -- --engine etcd --front haproxy', LIMIT, () => {
  it('is the same: two servers that are one lab, and Ctrl-C leaves neither a process nor a folder', () =>
    expectOneLab('--engine', 'etcd', '--front', 'haproxy'))

  it('shows of three members who leads and how far each is; when the leader is killed another leads; and with --data all go on where they were', async () => {
    const data = join(folder, 'kept-by-etcd')
    const args = ['--engine', 'etcd', '--front', 'haproxy', '--engines', '3', '--data', data]
    const first = await startAndWait(...args)
    const own = first.url.replace('127.0.0.1', 'localhost')
    expect(await say(first.url, 'kept')).toBe(201)
    const engines = async () =>
      ((await (await fetch(`${first.url}/cluster/state`)).json()) as ClusterState).engines
    const leaders = async () => (await engines()).filter(({ leads }) => leads).map(({ name }) => name)
    await expect.poll(async () => (await engines()).map(({ lag }) => lag), POLL).toEqual([0, 0, 0])
    expect((await engines())[0]!.position).toBeGreaterThan(0)
    await expect.poll(leaders, POLL).toHaveLength(1)
    const [leader] = await leaders()
    expect(await order(first.url, { origin: own }, 'kill', leader)).toBe(202)
    await expect.poll(leaders, POLL).not.toContain(leader)
    await expect.poll(leaders, POLL).toHaveLength(1)
    expect(await say(first.url, 'by two members')).toBe(201)
    expect(await order(first.url, { origin: own }, 'start', leader)).toBe(202)
    await expect.poll(async () => (await engines()).map(({ lag }) => lag), POLL).toEqual([0, 0, 0])
    first.one.child.kill('SIGINT')
    expect(await first.one.ended).toBe(0)
    const again = await startAndWait(...args)
    await expect.poll(() => read(again.url), POLL).toEqual(['kept', 'by two members'])
    expect(await say(again.url, 'and on')).toBe(201)
    again.one.child.kill('SIGINT')
    expect(await again.one.ended).toBe(0)
    await expectNothingLeft(again.one, again.rows)
  })
})
