/**
 * The contract that every transport meets, with a real proxy between the clients and the server: lines that are
 * cut, servers that go away, readers that stall.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import type { TransportName } from '../../../transports/manifest.ts'
import { openProxy, type TcpProxy } from '../../wires/proxy.ts'
import { itMeets, ofManifest } from '../conformance/it-meets.ts'
import type { Front } from '../kit/test-bench.ts'
import { haproxy, nginx } from './kinds.ts'
import { find, skipLoudly } from './programs.ts'
import { type ProxyKind, type RealProxy, startProxy } from './proxy.ts'
import type { Change } from './published.ts'

interface Combination {
  readonly kind: ProxyKind
  /** What a proxy of this kind could spoil most; all four behind each of them take minutes. */
  readonly transport: TransportName
  /** The published file, but without TLS: the contract's clients know no certificates. */
  readonly changes: readonly Change[]
  readonly port: 'http' | 'https'
}

const COMBINATIONS: readonly Combination[] = [
  {
    kind: nginx, // which buffers
    transport: 'sse',
    changes: [[' ssl http2;\n    listen [::]:443', ';\n    listen [::]:443']],
    port: 'https',
  },
  {
    kind: haproxy, // which need not see that a client has hung up
    transport: 'long-polling',
    changes: [['  http-request redirect prefix https://chat.example code 301 unless { ssl_fc }', '']],
    port: 'http',
  },
]

for (const { kind, transport, changes, port } of COMBINATIONS) {
  if (!find(kind.program)) {
    skipLoudly(kind.program, kind.program)
    continue
  }
  const subject = await ofManifest(transport)
  describe(`${transport} behind ${kind.program}`, { timeout: 60_000 }, () => {
    let serverPort: () => number | null = () => null
    let gate: TcpProxy
    let proxy: RealProxy
    let front: Front
    beforeAll(async () => {
      gate = await openProxy(() => serverPort()) // the servers come and go; the proxy knows one port
      proxy = await startProxy(kind, gate.port, changes)
      front = { port: proxy.ports[port], lead: (where) => (serverPort = where) }
    })
    afterAll(async () => {
      await proxy?.stop()
      await gate?.close()
    })

    itMeets(subject, () => ({ front }))
  })
}
