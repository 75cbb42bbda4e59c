/** Copies of servers on a real NATS whose log is trimmed. */
import { describe } from 'vitest'
import { openNatsEngine } from '../../../store/engine/nats.ts'
import { skipLoudly } from '../../proxies/programs.ts'
import { NATS, startNats } from '../nats-server.ts'
import { declareCopies, LIMIT_MS } from './copies-suite.ts'

if (NATS === null) skipLoudly('nats-server', 'nats-server')

describe.runIf(NATS)('servers on one NATS', { timeout: LIMIT_MS }, () => {
  declareCopies(async () => {
    const nats = await startNats()
    return {
      open: (stream, giveUpMs) => openNatsEngine(nats.address, { stream, giveUpMs }),
      folder: nats.servers[0]!.folder,
      stop: () => nats.stop(),
    }
  }, ['long-polling', 'sse', 'websocket'])
})
