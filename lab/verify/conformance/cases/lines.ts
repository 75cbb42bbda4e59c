/** Lines break, in every way in which lines can. What was said is heard all the same. */

import type { ChatMessage } from '../../../wire/message.ts'
import { between } from '../../../wire/random.ts'
import { waitPastSilence } from '../../kit/wait-past-silence.ts'
import type { Case } from '../case.ts'
import { holds, intact, same } from '../checks.ts'

export const lines: readonly Case[] = [
  {
    name: 'after a restart of the server, clients come back and hear what they missed',
    why: 'After every deployment people would sit in front of a chat that looks alive. Let the connection end when the server ends it; the chat client opens the next.',
    async run(bench) {
      const anna = await bench.join('anna')
      const ben = await bench.join('ben')
      bench.say('before')
      await bench.heard(anna, 1)
      await bench.stop()
      bench.say('while the server was down')
      await bench.start()
      await anna.client.send('after')
      for (const testClient of [anna, ben]) {
        await bench.heard(testClient, 3)
        intact(testClient, bench.log())
      }
    },
  },
  {
    name: 'a server that stops says so, and does not wait for its readers',
    why: 'Ctrl-C would hang, or cut people off in mid-sentence. Listen to `stopping`: answer the parked polls, end the streams, close the sockets.',
    async run(bench) {
      const crowd = await Promise.all(Array.from({ length: 5 }, (_, i) => bench.join(`reader ${i}`)))
      let hasStopped = false
      const stopped = bench.stop().then(() => (hasStopped = true))
      for (const { name, client } of crowd) {
        await bench.until(
          `${name} notices`,
          () => client.state.status === 'waiting' || client.state.status === 'connecting',
          () => client.state,
        )
      }
      await bench.until('the server has closed', () => hasStopped)
      await stopped
      same('followers in all rooms', bench.hub.followers, 0)
    },
  },
  {
    name: 'a line that is cut again and again loses and repeats nothing',
    why: 'In a train, messages would be missing or come twice. Each connection begins at the cursor that it is given, not at the start and not at the end.',
    async run(bench) {
      const anna = await bench.join('anna')
      for (let round = 1; round <= 12; round++) {
        bench.say(`${round} before the cut`)
        if (round % 3 === 0) await bench.heard(anna, round * 3 - 2)
        anna.cut()
        bench.say(`${round} during the cut`)
        if (round % 2 === 0) await new Promise((resolve) => setImmediate(resolve))
        bench.say(`${round} after the cut`)
      }
      await bench.heard(anna, 36)
      intact(anna, bench.log())
    },
  },
  {
    name: 'a line that is cut at any byte loses and repeats nothing',
    why: 'Half a message would be shown, or a whole one lost. What is not complete has not been received: throw it away and let the cursor fetch it again.',
    needs: ['wire'],
    async run(bench) {
      const anna = await bench.join('anna')
      const ben = await bench.join('ben')
      for (let round = 0; round < 40; round++) {
        const direction = bench.random() < 0.7 ? 'toClient' : 'toServer'
        anna.wire.cutAfter(direction, between(bench.random, 1, 1_200))
        await bench.say(...Array.from({ length: between(bench.random, 1, 5) }, (_, i) => `${round}.${i} 🦜`))
        if (round % 4 === 0) await anna.client.send(`${round} from anna`)
        if (round % 5 === 0) await bench.heard(anna, bench.log().length)
      }
      for (const testClient of [anna, ben]) {
        await bench.heard(testClient, bench.log().length)
        intact(testClient, bench.log())
      }
    },
  },
  {
    name: 'segments of one byte are put together again',
    why: 'It would work on your machine and break on a train: one chunk from the network is not one event, one frame or one character.',
    needs: ['wire'],
    async run(bench) {
      const anna = await bench.join('anna')
      anna.wire.slice(1)
      const said = await bench.say('first', '👩‍👩‍👧‍👦 é \u2028 \r\n', 'x'.repeat(300))
      await bench.heard(anna, 3)
      const answer = await anna.client.send('back, byte by byte: 🦜')
      await bench.heard(anna, 4)
      intact(anna, [...said, answer])
    },
  },
  {
    name: 'many messages in few segments are taken apart again',
    why: 'Under load messages would be swallowed: what arrives together is not one message.',
    needs: ['wire'],
    hub: { pageMessages: 3 },
    async run(bench) {
      const anna = await bench.join('anna')
      for (const size of [7, 113, 1_460]) {
        anna.wire.slice(size)
        await bench.say(...Array.from({ length: 30 }, (_, i) => `${size}.${i} ${'€'.repeat(i)}`))
        await bench.heard(anna, bench.log().length)
      }
      intact(anna, bench.log())
    },
  },
  {
    name: 'a line that died without a word is noticed, and left for a new one',
    why: 'The page would show "connected" for ever and receive nothing: the half-open connection. Report each sign of life with `heard`, and give up when the signal aborts.',
    needs: ['wire'],
    async run(bench) {
      const anna = await bench.join('anna')
      bench.say('before')
      await bench.heard(anna, 1)
      anna.wire.silence()
      bench.say('into the void')
      await waitPastSilence(bench, anna, 'anna hears what she missed', () => anna.messages.length === 2)
      let sent: ChatMessage | null = null
      void anna.client.send('alive again').then((message) => (sent = message))
      await waitPastSilence(
        bench,
        anna,
        'anna speaks and hears again',
        () => sent !== null && anna.messages.length === 3,
      )
      intact(anna, bench.log())
    },
  },
  {
    name: 'a server that accepts and then says nothing is not waited for',
    why: 'Connecting would take for ever. Pass the signal to whatever opens the connection, so that giving up reaches it.',
    needs: ['wire'],
    async run(bench) {
      const anna = await bench.invite('anna')
      anna.wire.silenceNewcomers(true)
      anna.client.connect()
      await bench.until('the connection is tried', () => anna.wire.connections > 0)
      await waitPastSilence(bench, anna, 'anna gives up', () =>
        anna.states.some(({ status }) => status === 'waiting'),
      )
      anna.wire.silenceNewcomers(false)
      // The attempt after that one may have met the silence too.
      await waitPastSilence(bench, anna, 'anna is open', () => anna.client.state.status === 'open')
      const said = await bench.say('at last')
      await bench.heard(anna, 1)
      intact(anna, said)
    },
  },
  {
    name: 'a slow reader harms no other, and the server does not keep its messages for it',
    why: 'One phone in a lift would fill the memory of the server and stop the chat for all. While a connection cannot take more, read no further from the log for it: its cursor waits at no cost.',
    needs: ['wire'],
    // Far more than the kernel buffers between two sockets, and far more than the log keeps.
    hub: { maxLength: 1024 * 1024, pageBytes: 128 * 1024 },
    async run(bench) {
      const slow = await bench.join('slow')
      const fast = await bench.join('fast')
      const PARTS = 40
      const PER_PART = 12
      // A reader that has heard nothing cannot tell how much of it is missing.
      bench.say('before')
      for (const testClient of [slow, fast]) await bench.heard(testClient, 1)
      slow.wire.stall()
      let backlog = 0
      for (let part = 1; part <= PARTS; part++) {
        bench.say(...Array.from({ length: PER_PART }, (_, i) => `${part}.${i} ${'x'.repeat(60 * 1024)}`))
        await bench.heard(fast, 1 + part * PER_PART)
        backlog = Math.max(backlog, bench.serverBacklog)
      }
      same('gaps of the fast reader', fast.gaps.length, 0)
      holds(
        'what the server held for the slow reader',
        backlog < 1024 * 1024,
        'less than 1 MiB',
        `${backlog} bytes`,
      )
      slow.wire.flow()
      const [last] = await bench.say('the end')
      await bench.until(
        'the slow reader arrives at the end',
        () => slow.messages.at(-1)?.seq === last?.seq,
        () => `${slow.messages.length} messages, ${slow.client.state.status}`,
      )
      const { received, lost } = slow.client.figures
      same('received and known to be lost, together', received + lost, last?.seq)
      same('repetitions', slow.client.figures.duplicates, 0)
    },
  },
  {
    name: 'a quiet room is not a broken one',
    why: 'Every client would reconnect again and again while the room is quiet. An empty page is a response: go on from it.',
    async run(bench) {
      bench.settings.holdMs = 40
      const anna = await bench.join('anna')
      // Several holds and many intervals pass with nothing to say.
      await new Promise((resolve) => setTimeout(resolve, 400))
      const said = await bench.say('at last')
      await bench.heard(anna, 1)
      intact(anna, said)
      same(
        'the states',
        anna.states.map(({ status }) => status),
        ['connecting', 'open'],
      )
    },
  },
]
