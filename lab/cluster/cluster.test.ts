/** What `npm run cluster` decides without any other program: its options, what is missing, the folder, the front's file. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from '../command/options/command-line.ts'
import { claimDataFolder } from './data-folder.ts'
import { frontConfig } from './front.ts'
import { find } from './machine/find.ts'
import { missing } from './missing.ts'
import { clusterOptions, LINE } from './options.ts'

const folder = mkdtempSync(join(tmpdir(), 'lab-cluster-unit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const options = (...args: string[]) => clusterOptions(parse(LINE, args)!.values)

describe('the options of a cluster', () => {
  it('are three servers and three engine nodes unless given', () => {
    expect(options()).toEqual({ servers: 3, engines: 3, port: 3_000, nats: null, data: null })
  })

  it.each([
    [['--engines', '2'], '--engines must be 1 or 3, not "2"'],
    [['--servers', '0'], '--servers must be a whole number from 1 to 9, not "0"'],
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
  })
})

describe('the folder of a cluster', () => {
  it('is of the cluster that began it, with as many engine nodes', () => {
    const data = join(folder, 'data')
    claimDataFolder(data, 3)
    claimDataFolder(data, 3) // again
    expect(() => claimDataFolder(data, 1)).toThrow(`--data ${data} was begun with --engines 3`)
    writeFileSync(join(data, 'cluster.json'), JSON.stringify({ engines: 3, pid: process.ppid }))
    expect(() => claimDataFolder(data, 3)).toThrow('is in use by another cluster')
  })
})

describe('the front', () => {
  it('has the published file, in plain HTTP on loopback, with a line for each server and nothing that sticks', () => {
    const config = frontConfig({ folder: '/there', port: 3_000, servers: [3_001, 3_002], control: 3_010 })
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
})
