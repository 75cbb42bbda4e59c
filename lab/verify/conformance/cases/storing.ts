/** What a server may say when the disk has a word in it. */
import type { Case } from '../case.ts'
import { holds, intact, same } from '../checks.ts'

export const storing: readonly Case[] = [
  {
    name: 'a draft is acknowledged when it is stored, and refused when it cannot be',
    why: 'A crash would take back what was acknowledged. Wait for the promise of `publish` before you answer (acceptPosts in lab/server/transport-kit/requests.ts does), and answer its error like any other.',
    store: true,
    async run(bench) {
      const [anna, ben] = [await bench.join('anna'), await bench.join('ben')]
      bench.disk.isFull = true
      const sending = anna.client.send('hello')
      await bench.until('the disk has been found full', () => bench.disk.refusals > 0)
      same('what ben heard while the disk was full', ben.messages, [])
      holds(
        'a draft that is not stored',
        anna.client.unsent === 1,
        'to wait in the outbox',
        anna.client.unsent,
      )

      bench.disk.isFull = false
      const message = await sending
      same('the number of the message that was refused at first', message.seq, 1)
      await bench.heard(ben, 1)
      intact(ben, [message])
      same('the log', bench.log(), [message])
    },
  },
]
