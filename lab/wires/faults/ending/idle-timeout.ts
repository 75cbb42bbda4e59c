/** An idle timeout: a box on the way closes what has been quiet for too long. */
import type { Filter, Next } from '../../flow.ts'
import { type Fault, healAll } from '../fault.ts'

export const idleTimeout: Fault = {
  about: {
    name: 'idle-timeout',
    title: 'Idle timeout',
    models:
      'A proxy or a router that closes a connection on which nothing has passed for a while; a heartbeat that comes sooner keeps it.',
    report: 'https://github.com/websockets/ws/issues/2283',
    settings: [{ name: 'ms', label: 'Quiet for', unit: 'ms', min: 100, max: 3_600_000, usual: 60_000 }],
    scope: 'wire',
    isOnce: false,
  },
  begin({ ms = 0 }, { clock }) {
    return {
      touch(line) {
        let lastAt = clock.now()
        let cancel = clock.after(ms, look)
        function look(): void {
          const leftMs = lastAt + ms - clock.now()
          if (leftMs <= 0) return void line.drop('end')
          if (line.isOpen) cancel = clock.after(leftMs, look)
        }
        const seen = ({ pass, end }: Next): Filter => ({
          take(bytes) {
            lastAt = clock.now()
            pass(bytes)
          },
          end,
          release() {},
        })
        return healAll(line.toServer.add(seen), line.toClient.add(seen), () => cancel())
      },
    }
  },
}
