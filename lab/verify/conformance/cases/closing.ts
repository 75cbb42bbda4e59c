/** Going: at any moment, without a word more, and with nothing left behind. */

import { between } from '../../../wire/random.ts'
import type { Case } from '../case.ts'
import { intact, same } from '../checks.ts'

export const closing: readonly Case[] = [
  {
    name: 'who disconnects and connects again goes on where the reading stopped',
    why: 'Switching off and on would lose or repeat messages. Opening twice must be possible: keep nothing from the connection before.',
    async run(bench) {
      const anna = await bench.join('anna')
      for (let round = 1; round <= 6; round++) {
        bench.say(`${round} heard`)
        await bench.heard(anna, round * 2 - 1)
        anna.client.disconnect()
        bench.say(`${round} missed at first`)
        anna.client.connect()
        await bench.heard(anna, round * 2)
      }
      intact(anna, bench.log())
    },
  },
  {
    name: 'once it is closed, a client says nothing more',
    why: 'A page that was left would go on changing, or write to something that is gone. After the signal has aborted, deliver nothing.',
    async run(bench) {
      const anna = await bench.join('anna')
      const ben = await bench.join('ben')
      bench.say('heard')
      await bench.heard(anna, 1)
      bench.say('perhaps on its way')
      anna.client.close()
      const states = anna.states.length
      const messages = anna.messages.length
      bench.say('too late')
      await bench.heard(ben, 3)
      same('messages after closing', anna.messages.length, messages)
      same('states after closing', anna.states.length, states)
      same('the last state', anna.states.at(-1), { status: 'closed', cause: null })
    },
  },
  {
    name: 'a client that is closed leaves no follower on the server',
    why: 'The server would grow with every visitor who ever came. When the connection closes, stop the follower, clear the timers, take the listeners off.',
    async run(bench) {
      const crowd = await Promise.all(Array.from({ length: 8 }, (_, i) => bench.join(`reader ${i}`)))
      bench.say('hello')
      for (const reader of crowd) await bench.heard(reader, 1)
      for (const { client } of crowd) client.close()
      await bench.leaveNothing()
    },
  },
  {
    name: 'a client that is closed in the middle of a burst leaves nothing',
    why: 'A tab that is closed while much is said would leave a writer behind that has no reader.',
    async run(bench) {
      for (let round = 0; round < 6; round++) {
        const reader = await bench.join(`reader ${round}`)
        bench.say(...Array.from({ length: 150 }, (_, i) => `${round}.${i} ${'x'.repeat(500)}`))
        for (let turn = between(bench.random, 0, 6); turn > 0; turn--) {
          await new Promise((resolve) => setImmediate(resolve))
        }
        reader.client.close()
      }
      await bench.leaveNothing()
    },
  },
  {
    name: 'a line that is cut leaves no follower on the server',
    why: 'Most connections end without a goodbye. Clean up when the connection closes, not when the client says that it will.',
    async run(bench) {
      const crowd = await Promise.all(Array.from({ length: 5 }, (_, i) => bench.join(`reader ${i}`)))
      for (const reader of crowd) {
        bench.say('hello')
        reader.cut()
      }
      for (const reader of crowd) {
        await bench.heard(reader, 5)
        intact(reader, bench.log())
        reader.client.close()
      }
      await bench.leaveNothing()
    },
  },
  {
    name: 'a client that is closed while it opens leaves nothing',
    why: 'Who clicks away too soon would stay in the room for ever. The signal may abort at any moment of opening, also before you listen to it.',
    async run(bench) {
      for (let round = 0; round < 15; round++) {
        const hasty = await bench.invite(`hasty ${round}`)
        hasty.client.connect()
        for (let turn = round; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve))
        hasty.client.close()
        const states = hasty.states.length
        bench.say(`round ${round}`)
        await new Promise((resolve) => setImmediate(resolve))
        same('states after closing', hasty.states.length, states)
      }
      await bench.leaveNothing()
    },
  },
  {
    name: 'a server that stops tells those who wait',
    why: 'A line that is cut looks like a broken network: proxies report an error, and clients cannot tell a restart from a failure. End every answer and every socket when `stopping` aborts; what is left a second later is cut.',
    needs: ['wire'],
    async run(bench) {
      const anna = await bench.join('anna')
      bench.say('hello')
      await bench.heard(anna, 1)
      // A client that has asked so often and was never seen waiting does not hold a poll: there is none to be told.
      const asked = anna.wire.passed.toServer
      const asksOnly = () => anna.wire.passed.toServer - asked > 4 * 1024
      await bench.until('anna waits for what comes next', () => bench.hub.followers > 0 || asksOnly())
      if (asksOnly()) return

      const told = anna.wire.passed.toClient
      await bench.stop()
      await bench.until(
        'anna is told that the server stops',
        () => anna.wire.passed.toClient > told,
        () => 'not a byte',
      )
    },
  },
  {
    name: 'a client that is closed while the server does not answer hangs up',
    why: 'Attempts to connect would pile up, each with a socket of its own. Pass the signal to fetch; close the socket that is still connecting.',
    needs: ['wire'],
    async run(bench) {
      const anna = await bench.invite('anna')
      anna.wire.silenceNewcomers(true)
      anna.client.connect()
      await bench.until('the connection is tried', () => anna.wire.connections > 0)
      anna.client.close()
      await bench.until(
        'anna hangs up',
        () => anna.wire.connections === 0,
        () => `${anna.wire.connections} connections`,
      )
    },
  },
]
