/** A program that is started on a port, and what is not to be taken for it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { HAS_PROC } from '../../command/started.ts'
import { answersOk } from './ask.ts'
import { isOfGroup } from './owner.ts'
import { freePorts } from './ports.ts'
import { createProgram, type Program } from './program.ts'

const closings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closings.splice(0)) await close()
})

function program(port: number, code: string): Program {
  const one = createProgram({
    ...{ name: 'server-1', command: [process.execPath, '-e', code], port },
    isUp: () => answersOk(`http://127.0.0.1:${port}/healthz`),
  })
  closings.push(() => one.kill())
  return one
}
const serving = (port: number) =>
  `require('node:http').createServer((_, r) => r.end('{}')).listen(${port}, '127.0.0.1')`

describe('a program', () => {
  it.runIf(HAS_PROC)('is not believed to serve while another one answers at its port', async () => {
    const foreign = createServer((_request, response) => response.end('{"status":"ok"}'))
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve))
    closings.push(() => new Promise((done) => foreign.close(done)))
    const { port } = foreign.address() as AddressInfo
    // One that could not listen and has not ended yet, and one that never would.
    for (const code of [
      `${serving(port)}.on('error', () => setTimeout(() => {}, 60_000))`,
      'setTimeout(() => {}, 60_000)',
    ]) {
      const one = program(port, code)
      await expect(one.start()).rejects.toThrow(
        `server-1 cannot serve: another program listens on its port ${port}`,
      )
      expect(one.state).toBe('down')
      expect(one.pid).toBeNull()
    }
  })

  it('is, when it is itself, and again after it was killed', async () => {
    const [port] = await freePorts(1)
    const one = program(port!, serving(port!))
    for (let i = 0; i < 2; i++) {
      await one.start()
      expect(one.state).toBe('alive')
      if (HAS_PROC) expect(isOfGroup(port!, one.pid!)).toBe(true)
      await one.kill()
    }
    if (HAS_PROC) expect(isOfGroup(port!, process.pid)).toBeNull()
  })

  it('is when a process listens that it has started, as with nginx', async () => {
    const [port] = await freePorts(1)
    const child = JSON.stringify(serving(port!))
    const one = program(port!, `require('node:child_process').spawn(process.execPath, ['-e', ${child}])`)
    await one.start()
    expect(one.state).toBe('alive')
  })
})
