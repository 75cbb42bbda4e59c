/**
 * The control of a cluster, attacked and used: programs that are only made of Node, so that no engine and no proxy is needed.
 * What passes through a real front is in lab/verify/engines/cluster.test.ts.
 */
import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lookAtEtcd } from '../engine/etcd.ts'
import { lookAtNats } from '../engine/nats.ts'
import { isOpen, portsFrom } from '../machine/ports.ts'
import { createProgram } from '../machine/program.ts'
import { openControl } from './control.ts'
import type { ClusterState } from './words.ts'

const ORIGIN = 'http://localhost:3000'
const POLL = { timeout: 30_000, interval: 20 }

/** Says how it is as a lab does, and drains when it is told to. */
const LAB = `
  let status = 'ok'
  require('node:http').createServer((request, response) => {
    if (request.url === '/drain') status = 'draining'
    if (request.url.startsWith('/readers'))
      return response.end(JSON.stringify({ tabs: [{ tab: 'one', order: Number(process.argv[2]) }] }))
    response.statusCode = request.url === '/drain' ? 202 : status === 'ok' ? 200 : 503
    response.end(JSON.stringify({ status, ...(status === 'draining' && { readers: 5 }), applied: 7, behind: 2 }))
  }).listen(Number(process.argv[1]), '127.0.0.1')`

/** Says of its stream what nats-server says. */
const NODE = `
  require('node:http').createServer((_request, response) => response.end(JSON.stringify({ account_details: [{ stream_detail: [
    { state: { last_seq: Number(process.argv[2]) }, cluster: { leader: process.argv[3] } } ] }] })))
    .listen(Number(process.argv[1]), '127.0.0.1')`

/** Says what a member of etcd says; a place comes in base64, and a number as text. */
const MEMBER = `
  const place = Buffer.from(process.argv[2]).toString('base64')
  require('node:http').createServer((request, response) => response.end(JSON.stringify(request.url === '/v3/kv/range'
    ? { kvs: process.argv[2] === '' ? [] : [{ value: place }] }
    : { header: { member_id: process.argv[1] }, leader: process.argv[3] })))
    .listen(Number(process.argv[1]), '127.0.0.1')`

const programOf = (name: string, script: string, port: number, ...args: readonly string[]) =>
  createProgram({
    ...{ name, command: [process.execPath, '-e', script, String(port), ...args], isUp: () => isOpen(port) },
  })

/** Below those that the system gives away: another test would be given one of ours before our program has it. */
const FIRST_PORT = 21_000

type Parts = Parameters<typeof openControl>[0]['cluster']
let cluster: Parts
let control: Awaited<ReturnType<typeof openControl>>
const programs = () => [...cluster.servers, ...cluster.engines].map(({ program }) => program)
beforeEach(async () => {
  const ports = await portsFrom(FIRST_PORT, 5)
  cluster = {
    servers: ports.slice(0, 2).map((port, i) => {
      const name = `server-${i + 1}`
      return { port, program: programOf(name, LAB, port, String(i + 1)) }
    }),
    engines: ports.slice(2).map((port, i) => {
      const name = `engine-${i + 1}`
      return {
        port: port + 1,
        address: `nats://127.0.0.1:${port + 1}`,
        look: () => lookAtNats(name, port),
        program: programOf(name, NODE, port, String(9 - i), 'engine-2'),
      }
    }),
  }
  await Promise.all(programs().map((program) => program.start()))
  control = await openControl({ cluster, port: 0, origins: [ORIGIN] })
})
afterEach(async () => {
  await control.close()
  await Promise.all(programs().map((program) => program.kill()))
})

/** By Node's own client: `fetch` sets Host by itself. */
function ask(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<{ status: number; code: string; state: ClusterState }> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: control.port, host: '127.0.0.1', method, path, headers }, (response) => {
      let text = ''
      response.on('data', (data) => (text += data))
      response.on('end', () => {
        const state = JSON.parse(text) as ClusterState & { readonly code?: string }
        resolve({ status: response.statusCode!, code: state.code ?? '', state })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const JSON_TYPE = { 'content-type': 'application/json' }
const OWN = { host: 'localhost:3000', origin: ORIGIN, ...JSON_TYPE }
/** As the front hands on what a client at this address has asked it. */
const forwardedFor = (address: string) => ({ 'x-forwarded-for': address, 'x-forwarded-host': 'localhost' })
const order = (name: string, action: string, headers: Readonly<Record<string, string>> = OWN) =>
  ask('POST', '/cluster/orders', headers, JSON.stringify({ name, action }))
const state = async (path = '/cluster/state') => (await ask('GET', path, OWN)).state
const statusOf = async (name: string) => {
  const { servers, engines } = await state()
  return [...servers, ...engines].find((one) => one.name === name)!.status
}

describe('the control of a cluster refuses, and does nothing', () => {
  it.each<[string, Readonly<Record<string, string>>, number, string]>([
    ['a page of another site', { ...OWN, origin: 'https://evil.example' }, 403, 'foreign-origin'],
    [
      'a page of another port of this machine',
      { ...OWN, origin: 'http://localhost:3999' },
      403,
      'foreign-origin',
    ],
    ['a page without an origin of its own', { ...OWN, origin: 'null' }, 403, 'foreign-origin'],
    ['a name that was pointed at this machine', { ...OWN, host: 'evil.example:3000' }, 421, 'foreign-host'],
    [
      'such a name with an origin that is the same',
      { ...OWN, host: 'evil.example', origin: 'http://evil.example' },
      421,
      'foreign-host',
    ],
    [
      'such a name, as the front hands it on',
      { ...OWN, ...forwardedFor('127.0.0.1'), 'x-forwarded-host': 'evil.example' },
      421,
      'foreign-host',
    ],
    ['a form', { ...OWN, 'content-type': 'text/plain' }, 415, 'wrong-type'],
    ['a client on another machine', { ...OWN, ...forwardedFor('192.0.2.7') }, 403, 'not-allowed'],
    [
      'a client on another machine with a token that is not ours',
      { ...OWN, ...forwardedFor('192.0.2.7'), 'teacher-token': 'x'.repeat(20) },
      403,
      'not-allowed',
    ],
  ])('%s', async (_whose, headers, status, code) => {
    const { pid } = cluster.servers[0]!.program
    expect(await order('server-1', 'kill', headers)).toMatchObject({ status, code })
    expect(cluster.servers[0]!.program).toMatchObject({ state: 'alive', pid })
  })

  it('to tell a client on another machine how the cluster is', async () => {
    const answer = await ask('GET', '/cluster/state', { ...OWN, ...forwardedFor('192.0.2.7') })
    expect(answer).toMatchObject({ status: 403, code: 'not-allowed' })
    expect(await ask('GET', '/cluster/state', { host: 'evil.example' })).toMatchObject({ status: 421 })
  })

  it.each([
    ['no order at all', ''],
    ['a word that is no action', '{"name":"server-1","action":"SIGKILL"}'],
    ['a name that there is not', '{"name":"server-9","action":"kill"}'],
    ['a pid', '{"name":"1","action":"kill"}'],
    ['more than an order', '{"name":"server-1","action":"kill","signal":"KILL"}'],
  ])('%s', async (_what, body) => {
    expect(await ask('POST', '/cluster/orders', OWN, body)).toMatchObject({ status: 400 })
    expect(programs().map((program) => program.state)).toEqual(programs().map(() => 'alive'))
  })

  it('more than it can take', async () => {
    const long = JSON.stringify({ name: 'x'.repeat(2_000), action: 'kill' })
    expect(await ask('POST', '/cluster/orders', OWN, long)).toMatchObject({ status: 413 })
    expect(await ask('GET', `/cluster/state?tabs=${'a,'.repeat(40)}b`, OWN)).toMatchObject({ status: 400 })
    expect(await ask('GET', '/cluster/state?tabs=../healthz', OWN)).toMatchObject({ status: 400 })
  })
})

describe('the control of a cluster', () => {
  it('takes a page of the front, a program of this machine, and one elsewhere that shows the token', async () => {
    for (const headers of [
      { ...OWN, ...forwardedFor('127.0.0.1') },
      JSON_TYPE,
      { ...OWN, ...forwardedFor('192.0.2.7'), 'teacher-token': control.token },
    ]) {
      expect((await order('server-1', 'freeze', headers)).status).toBe(202)
      expect((await order('server-1', 'go on', headers)).status).toBe(202)
    }
  })

  it('says how each is: who leads, how far each is, and at which server a tab’s reader came last', async () => {
    const { servers, engines, quorum } = await state('/cluster/state?tabs=one')
    expect(quorum).toBe(2)
    expect(servers).toMatchObject([
      { name: 'server-1', status: 'alive', applied: 7, lag: 2, tabs: [] },
      { name: 'server-2', status: 'alive', applied: 7, lag: 2, tabs: ['one'] },
    ])
    expect(engines).toMatchObject([
      { name: 'engine-1', leads: false, position: 9, lag: 0 },
      { name: 'engine-2', leads: true, position: 8, lag: 1 },
      { name: 'engine-3', leads: false, position: 7, lag: 2 },
    ])
  })

  it('says the same of members of etcd: their places, and who leads if a majority says so', async () => {
    const ports = await portsFrom(FIRST_PORT + 200, 3)
    const openWith = async (said: readonly (readonly [place: string, leader: number])[]) => {
      const engines = ports.map((port, i) => {
        const [place, leader] = said[i]!
        const program = programOf(
          `engine-${i + 1}`,
          MEMBER,
          port,
          place,
          leader < 0 ? '0' : String(ports[leader]),
        )
        return { port, address: `etcd://127.0.0.1:${port}`, look: () => lookAtEtcd(port), program }
      })
      await Promise.all(engines.map(({ program }) => program.start()))
      const own = await openControl({ cluster: { servers: [], engines }, port: 0, origins: [ORIGIN] })
      const seen = await fetch(`http://127.0.0.1:${own.port}/cluster/state`)
      const state = (await seen.json()) as ClusterState
      await own.close()
      await Promise.all(engines.map(({ program }) => program.kill()))
      return state.engines
    }
    expect(
      await openWith([
        ['9', 1],
        ['12', 1],
        ['11', 2],
      ]),
    ).toMatchObject([
      { leads: false, position: 9, lag: 3 },
      { leads: true, position: 12, lag: 0 },
      { leads: false, position: 11, lag: 1 },
    ])
    // One that has lost the others, and one whose etcd has no log yet.
    expect(
      await openWith([
        ['9', -1],
        ['', 1],
        ['9', 2],
      ]),
    ).toMatchObject([
      { leads: null, position: 9 },
      { leads: null, position: null, lag: null },
      { leads: null, position: 9 },
    ])
  })

  it('says of a server that is frozen which readers it had, until another has them or it is killed', async () => {
    const tabsOf = async () => (await state('/cluster/state?tabs=one')).servers.map(({ tabs }) => tabs)
    expect(await tabsOf()).toEqual([[], ['one']])
    await order('server-2', 'freeze')
    expect(await tabsOf()).toEqual([[], ['one']])
    expect((await state('/cluster/state?tabs=other')).servers[1]!.tabs).toEqual([])
    await order('server-2', 'kill')
    expect(await tabsOf()).toEqual([['one'], []])
  })

  it('says that none leads when the leader is frozen or gone, though the others have not noticed', async () => {
    expect((await order('engine-2', 'freeze')).status).toBe(202)
    expect((await state()).engines.map(({ status, leads }) => [status, leads])).toEqual([
      ['alive', null],
      ['frozen', null],
      ['alive', null],
    ])
    await order('engine-2', 'kill') // frozen or not
    expect((await state()).engines[1]).toMatchObject({ status: 'down', leads: null, position: null })
    await order('engine-2', 'start')
    await expect.poll(async () => (await state()).engines[1], POLL).toMatchObject({ leads: true })
  })

  it('kills, starts, freezes and lets go on; and what cannot be done is said', async () => {
    expect((await order('server-1', 'kill')).state.servers[0]).toMatchObject({ status: 'down', pid: null })
    expect(await order('server-1', 'kill')).toMatchObject({ status: 400, code: 'bad-request' })
    expect(await order('server-1', 'freeze')).toMatchObject({ status: 400 })
    expect(await order('server-1', 'drain')).toMatchObject({ status: 400 })
    expect((await order('server-1', 'start')).status).toBe(202)
    await expect.poll(() => statusOf('server-1'), POLL).toBe('alive')
    expect(await order('server-1', 'start')).toMatchObject({ status: 400 })
    expect((await order('server-1', 'freeze')).state.servers[0]!.status).toBe('frozen')
    expect((await order('server-1', 'go on')).state.servers[0]!.status).toBe('alive')
    expect(await order('server-1', 'go on')).toMatchObject({ status: 400 })
  })

  it('drains a server, which is started again in its place; a node of the engine cannot be', async () => {
    const before = cluster.servers[1]!.program.pid
    expect((await order('server-2', 'drain')).state.servers[1]).toMatchObject({
      status: 'leaving',
      readers: 5,
    })
    expect((await order('server-2', 'start')).status).toBe(202)
    await expect.poll(() => statusOf('server-2'), POLL).toBe('alive')
    expect(cluster.servers[1]!.program.pid).not.toBe(before)
    expect(await order('engine-1', 'drain')).toMatchObject({ status: 400 })
  })

  it('says why one could not be started', async () => {
    const [port] = await portsFrom(FIRST_PORT + 100, 1)
    const program = programOf('server-3', 'console.error("no disk, no lab"); process.exit(3)', port!)
    const broken = await openControl({
      ...{ cluster: { ...cluster, servers: [{ port: port!, program }] }, port: 0, origins: [ORIGIN] },
    })
    const url = `http://127.0.0.1:${broken.port}/cluster`
    const body = JSON.stringify({ name: 'server-3', action: 'start' })
    expect((await fetch(`${url}/orders`, { method: 'POST', headers: JSON_TYPE, body })).status).toBe(202)
    const look = async () => ((await (await fetch(`${url}/state`)).json()) as ClusterState).servers[0]
    await expect
      .poll(look, POLL)
      .toMatchObject({ status: 'down', problem: 'server-3 did not start: no disk, no lab' })
    await broken.close()
  })
})
