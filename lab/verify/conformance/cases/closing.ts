/** Going: at any moment, without a word more, and with nothing left behind. */

import { between } from '../../../wire/random.ts'
import type { Case } from '../case.ts'
import { intact, same } from '../checks.ts'

export const closing: readonly Case[] = [
  {
    name: 'who disconnects and connects again goes on where the reading stopped',
    why: 'Switching off and on would lose or repeat messages. Opening twice must be possible: keep nothing from the connection before.',
    async run(stage) {
      const anna = await stage.join('anna')
      for (let round = 1; round <= 6; round++) {
        stage.say(`${round} heard`)
        await stage.heard(anna, round * 2 - 1)
        anna.client.disconnect()
        stage.say(`${round} missed at first`)
        anna.client.connect()
        await stage.heard(anna, round * 2)
      }
      intact(anna, stage.log())
    },
  },
  {
    name: 'once it is closed, a client says nothing more',
    why: 'A page that was left would go on changing, or write to something that is gone. After the signal has aborted, deliver nothing.',
    async run(stage) {
      const anna = await stage.join('anna')
      const ben = await stage.join('ben')
      stage.say('heard')
      await stage.heard(anna, 1)
      stage.say('perhaps on its way')
      anna.client.close()
      const states = anna.states.length
      const messages = anna.messages.length
      stage.say('too late')
      await stage.heard(ben, 3)
      same('messages after closing', anna.messages.length, messages)
      same('states after closing', anna.states.length, states)
      same('the last state', anna.states.at(-1), { status: 'closed', cause: null })
    },
  },
  {
    name: 'a client that is closed leaves nobody on the server',
    why: 'The server would grow with every visitor who ever came. When the connection closes, stop the follower, clear the timers, take the listeners off.',
    async run(stage) {
      const crowd = await Promise.all(Array.from({ length: 8 }, (_, i) => stage.join(`reader ${i}`)))
      stage.say('hello')
      for (const reader of crowd) await stage.heard(reader, 1)
      for (const { client } of crowd) client.close()
      await stage.leaveNothing()
    },
  },
  {
    name: 'a client that is closed in the middle of a burst leaves nothing',
    why: 'A tab that is closed while much is said would leave a writer behind that writes to nobody.',
    async run(stage) {
      for (let round = 0; round < 6; round++) {
        const reader = await stage.join(`reader ${round}`)
        stage.say(...Array.from({ length: 150 }, (_, i) => `${round}.${i} ${'x'.repeat(500)}`))
        for (let turn = between(stage.random, 0, 6); turn > 0; turn--) {
          await new Promise((resolve) => setImmediate(resolve))
        }
        reader.client.close()
      }
      await stage.leaveNothing()
    },
  },
  {
    name: 'a line that is cut leaves nobody on the server',
    why: 'Most connections end without a goodbye. Clean up when the connection closes, not when somebody says that it will.',
    async run(stage) {
      const crowd = await Promise.all(Array.from({ length: 5 }, (_, i) => stage.join(`reader ${i}`)))
      for (const reader of crowd) {
        stage.say('hello')
        reader.cut()
      }
      for (const reader of crowd) {
        await stage.heard(reader, 5)
        intact(reader, stage.log())
        reader.client.close()
      }
      await stage.leaveNothing()
    },
  },
  {
    name: 'a client that is closed while it opens leaves nothing',
    why: 'Who clicks away too soon would stay in the room for ever. The signal may abort at any moment of opening, also before you listen to it.',
    async run(stage) {
      for (let round = 0; round < 15; round++) {
        const hasty = await stage.invite(`hasty ${round}`)
        hasty.client.connect()
        for (let turn = round; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve))
        hasty.client.close()
        const states = hasty.states.length
        stage.say(`round ${round}`)
        await new Promise((resolve) => setImmediate(resolve))
        same('states after closing', hasty.states.length, states)
      }
      await stage.leaveNothing()
    },
  },
  {
    name: 'a server that stops tells those who wait',
    why: 'A line that is cut looks like a broken network: proxies report an error, and clients cannot tell a restart from a failure. End every answer and every socket when `stopping` aborts; what is left a second later is cut.',
    needs: ['wire'],
    async run(stage) {
      const anna = await stage.join('anna')
      stage.say('hello')
      await stage.heard(anna, 1)
      // Who has asked so often and was never seen waiting does not wait, and has nobody to be told.
      const asked = anna.wire.passed.toServer
      const asksOnly = () => anna.wire.passed.toServer - asked > 4 * 1024
      await stage.until('anna waits for what comes next', () => stage.hub.followers > 0 || asksOnly())
      if (asksOnly()) return

      const told = anna.wire.passed.toClient
      await stage.stop()
      await stage.until(
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
    async run(stage) {
      const anna = await stage.invite('anna')
      anna.wire.silenceNewcomers(true)
      anna.client.connect()
      await stage.until('the connection is tried', () => anna.wire.connections > 0)
      anna.client.close()
      await stage.until(
        'anna hangs up',
        () => anna.wire.connections === 0,
        () => `${anna.wire.connections} connections`,
      )
    },
  },
]
