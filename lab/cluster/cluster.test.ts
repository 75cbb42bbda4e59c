/** What `npm run cluster` decides without any other program: its options, what is missing, the folder, the front's file. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from '../command/options/command-line.ts'
import { claimDataFolder } from './data-folder.ts'
import { etcdArguments, etcdPeersIn } from './engine/etcd.ts'
import { haproxyConfig } from './front/haproxy.ts'
import { nginxConfig } from './front/nginx.ts'
import { find } from './machine/find.ts'
import { portsFrom } from './machine/ports.ts'
import { missing } from './missing.ts'
import { clusterOptions, LINE } from './options.ts'

const folder = mkdtempSync(join(tmpdir(), 'lab-cluster-unit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const options = (...args: string[]) => clusterOptions(parse(LINE, args)!.values)

describe('the options of a cluster', () => {
  it('are three servers, three nodes of NATS and nginx unless given', () => {
    expect(options()).toEqual({
      ...{ servers: 3, engine: 'nats', engines: 3, front: 'nginx', port: 3_000 },
      ...{ nats: null, etcd: null, data: null },
    })
  })

  it.each([
    [['--engines', '2'], '--engines must be 1 or 3, not "2"'],
    [['--servers', '0'], '--servers must be a whole number from 1 to 9, not "0"'],
    [['--engine', 'kafka'], '--engine must be nats or etcd, not "kafka"'],
    [['--front', 'caddy'], '--front must be nginx or haproxy, not "caddy"'],
    [['--etcd', '/nowhere/etcd', '--engine', 'etcd'], '--etcd /nowhere/etcd is no program that may be run'],
    [['--etcd', process.execPath], '--etcd goes with --engine etcd'],
    [['--engine', 'etcd', '--nats', process.execPath], '--nats goes with --engine nats'],
    [['--nats', '/nowhere/nats-server'], '--nats /nowhere/nats-server is no program that may be run'],
  ])('are refused in a sentence: %j', (args, words) => {
    expect(() => options(...args)).toThrow(words)
  })
})

describe('the programs of other makers', () => {
  it('are found in the folders of PATH, where they are files that may be run', () => {
    const [without, withIt] = ['without', 'with'].map((name) => mkdtempSync(join(folder, name)))
    const file = join(withIt!, 'nats-server')
    writeFileSync(file, '#!/bin/sh\n')
    expect(find('nats-server', [without!, withIt!])).toBeNull()
    chmodSync(file, 0o755)
    expect(find('nats-server', [without!, withIt!])).toBe(file)
    expect(find('nats-server', [without!])).toBeNull()
  })

  it('have a line each that says how to get them, when they are not there', () => {
    expect(missing({ 'nats-server': '/usr/sbin/nats-server', nginx: '/usr/sbin/nginx' })).toEqual([])
    expect(missing({ 'nats-server': null, nginx: null })).toEqual([
      expect.stringMatching(/^nats-server .* apt-get install nats-server.* --nats FILE$/),
      expect.stringMatching(/^nginx is not installed.* apt-get install nginx-light/),
    ])
    expect(missing({ etcd: null, haproxy: null })).toEqual([
      expect.stringMatching(/^etcd \(3\.4 or newer\) .* apt-get install etcd-server.* --etcd FILE$/),
      expect.stringMatching(/^haproxy is not installed.* apt-get install haproxy/),
    ])
  })
})

describe('the folder of a cluster', () => {
  it('is of the cluster that began it, with as many engine nodes', () => {
    const data = join(folder, 'data')
    claimDataFolder(data, 'nats', 3)
    claimDataFolder(data, 'nats', 3) // again
    expect(() => claimDataFolder(data, 'nats', 1)).toThrow(`--data ${data} was begun with --engines 3`)
    expect(() => claimDataFolder(data, 'etcd', 3)).toThrow(
      `--data ${data} was begun with --engine nats; give`,
    )
    writeFileSync(join(data, 'cluster.json'), JSON.stringify({ engines: 3, pid: process.ppid }))
    expect(() => claimDataFolder(data, 'nats', 3)).toThrow('is in use by another cluster')
  })
})

describe('the nodes of etcd', () => {
  it('are told their own place and all the others', () => {
    const peers = [
      ['engine-1', 4_001],
      ['engine-2', 4_002],
    ] as const
    const place = { name: 'engine-2', folder: '/there', port: 3_002, peer: 4_002, peers }
    expect(etcdArguments(place).join(' ')).toBe(
      '--name engine-2 --data-dir /there --listen-client-urls http://127.0.0.1:3002 --advertise-client-urls http://127.0.0.1:3002 ' +
        '--listen-peer-urls http://127.0.0.1:4002 --initial-advertise-peer-urls http://127.0.0.1:4002 ' +
        '--initial-cluster engine-1=http://127.0.0.1:4001,engine-2=http://127.0.0.1:4002 --log-level error',
    )
  })

  it('stay where they found each other, and no other program of the cluster is put there', async () => {
    const data = mkdtempSync(join(folder, 'peers'))
    expect(etcdPeersIn(data)).toBeNull()
    writeFileSync(join(data, 'etcd-peers.json'), '[21500, 21502]')
    expect(etcdPeersIn(data)).toEqual([21_500, 21_502])
    const found = await portsFrom(21_500, 4, [21_500, 21_502])
    expect(found).toHaveLength(4)
    expect(found.filter((port) => port === 21_500 || port === 21_502)).toEqual([])
  })
})

describe('the front', () => {
  it('has the published file, in plain HTTP on loopback, with a line for each server and nothing that sticks', () => {
    const config = nginxConfig({ folder: '/there', port: 3_000, servers: [3_001, 3_002], control: 3_010 })
    expect(config).toContain(`upstream transport_lab {
    server 127.0.0.1:3001;
    server 127.0.0.1:3002;
    keepalive 64;
  }`)
    expect(config.match(/^ *listen .*$/gm)).toEqual(['    listen 127.0.0.1:3000;'])
    // The page says that there is a control, and nothing else does.
    expect(config).toContain("map $uri $cluster_mark {\n    /       cluster;\n    default '';")
    expect(config).toContain('proxy_pass http://127.0.0.1:3010;')
    expect(config).toContain('proxy_next_upstream error timeout http_503;')
    expect(config).not.toMatch(/ssl|chat\.example|ip_hash|^\s*(hash|sticky)\b|\/var\/|\/run\//m)
  })

  it('by HAProxy has the published files, with a line for each server, which takes what another refuses', () => {
    const config = haproxyConfig({ port: 3_000, servers: [3_001, 3_002, 3_003], control: 3_010 })
    expect(config.match(/^ *bind .*$/gm)).toEqual(['  bind 127.0.0.1:3000'])
    expect(config.match(/^ *server .*$/gm)).toEqual([
      ...[1, 2, 3].map((n) => `  server lab-${n} 127.0.0.1:300${n} check inter 1s fall 2 rise 1`),
      '  server control 127.0.0.1:3010',
    ])
    for (const line of [
      'balance roundrobin',
      'retry-on conn-failure empty-response 503',
      'option redispatch 1',
    ])
      expect(config).toContain(`\n  ${line}\n`)
    expect(config).toContain('set-header Server-Timing cluster if { var(txn.path) -m str / }')
    expect(config.replaceAll(/^ *#.*$/gm, '')).not.toMatch(/ssl|chat\.example|cookie|stick|source|\/etc\//)
  })
})
