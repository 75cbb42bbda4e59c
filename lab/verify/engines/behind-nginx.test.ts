/** Two labs on one log behind a real nginx that sends each request to the next of them: no sticky sessions, and nothing that misses them. */
import { afterEach, expect, it } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { NAME } from '../proxies/certificate.ts'
import { nginx } from '../proxies/kinds.ts'
import { find, skipLoudly } from '../proxies/programs.ts'
import { openProxyBench, type ProxyBench } from '../proxies/proxy-bench.ts'
import { type LabOfMany, type Labs, startLabs } from './labs.ts'

const HAS_NGINX = find(nginx.program) !== null
if (!HAS_NGINX) skipLoudly(nginx.program, nginx.program)

let labs: Labs
let bench: ProxyBench
afterEach(async () => {
  await bench?.close()
  await labs?.close()
})

it.runIf(HAS_NGINX)(
  'readers and writers over every transport that HTTP carries notice neither that they change the server, nor that one of the two is stopped',
  { timeout: 120_000 },
  async () => {
    labs = await startLabs(2, undefined, { options: { origins: [`https://${NAME}`] } })
    const [left, right] = labs.all as [LabOfMany, LabOfMany]
    bench = await openProxyBench(nginx, {
      server: left.server,
      // As docs/deploy says: a line for each lab.
      changes: [['    keepalive 64;', `    server 127.0.0.1:${right.server.port};\n    keepalive 64;`]],
    })
    const clients = await bench.joinAll(OVER_HTTP, 'lobby')
    const said: string[] = []
    const sayAll = async (round: string) => {
      for (const { name, client } of clients) {
        said.push(`${round} ${name}`)
        await client.send(`${round} ${name}`)
      }
    }
    for (const round of ['one', 'two', 'three']) await sayAll(round)
    await bench.allHaveRead(said)
    // Each lab has taken some of what was written, and has all of it.
    expect(labs.all.map(({ engine }) => engine.appended > 0)).toEqual([true, true])
    await labs.settle()
    expect(right.hub.room('lobby').read(null)).toEqual(left.hub.room('lobby').read(null))

    await right.stop()
    for (const round of ['four', 'five']) await sayAll(round)
    await bench.allHaveRead(said)
    bench.expectUnharmed()
  },
)
