/** Who is here: the same on every transport, and never at the cost of a message. */
import type { Cursor } from '../../../wire/message.ts'
import { COALESCE_MS, LOOK_MS, OVERDUE_MS, SILENT_MS, TYPING_MS } from '../../../wire/presence.ts'
import type { TestBench } from '../../kit/test-bench.ts'
import type { TestClient } from '../../kit/test-client.ts'
import type { Case } from '../case.ts'
import { holds, intact, same } from '../checks.ts'

/** The longest that a reader may be quiet on any transport, if polls are held for no longer. */
const QUIET_MS = 15_000
/** By then a reader that says nothing counts as silent, */
const SILENT_AFTER_MS = QUIET_MS + OVERDUE_MS + LOOK_MS
/** and by then as gone: "within 30 s". A silence begins anywhere between two looks. */
const GONE_AFTER_MS = SILENT_AFTER_MS + SILENT_MS + LOOK_MS

const BY_NAME = { here: 'by name' } as const
const AS_A_VISITOR = { here: 'as a visitor' } as const

/** Who is here, as this member was last told: `anna`, or `anna silent`. */
const seenBy = ({ client }: TestClient): string[] =>
  (client.here?.people ?? []).map(({ name, state }) => (state === 'here' ? name : `${name} ${state}`))

const sees = (bench: TestBench, testClient: TestClient, ...names: readonly string[]) =>
  bench.until(
    `${testClient.name} sees ${names.join(', ') || 'an empty list'}`,
    () => seenBy(testClient).sort().join() === [...names].sort().join(),
    () => testClient.client.here,
  )

/** Two members who are here by name, of whom the first has been told of the second. */
async function meet(bench: TestBench): Promise<Readonly<Record<'anna' | 'ben', TestClient>>> {
  const anna = await bench.join('anna', BY_NAME)
  const ben = await bench.join('ben', BY_NAME)
  await sees(bench, anna, 'anna', 'ben')
  return { anna, ben }
}

/** Nothing comes from there any more, and nothing arrives; and neither end is told. */
function fallSilent({ wire }: TestClient): void {
  wire.silence()
  wire.silenceNewcomers(true)
}

/** Polls that are answered soon: how long they are held is agreed, and is silence that is allowed. */
function holdShortly(bench: TestBench): void {
  bench.settings.holdMs = 20
}

export const presence: readonly Case[] = [
  {
    name: 'a member who comes is seen by those who are there, and sees them',
    why: 'Every member would sit alone in a full room. Hand the clientId on in the URL, give the gateway the peer, and write pages without messages too.',
    needs: ['gateway'],
    async run(bench) {
      const anna = await bench.join('anna', BY_NAME)
      await sees(bench, anna, 'anna')
      const ben = await bench.join('ben', BY_NAME)
      await sees(bench, anna, 'anna', 'ben')
      await sees(bench, ben, 'anna', 'ben')
      await bench.join('visitor', AS_A_VISITOR)
      await bench.until(
        'ben is told of a visitor',
        () => ben.client.here?.visitors === 1,
        () => ben.client.here,
      )
      same('the people that ben sees', seenBy(ben), ['anna', 'ben'])
    },
  },
  {
    name: 'a member who closes is gone at once, and may come back at once',
    why: 'People would talk to a member who has left. Tell the goodbye when the signal has aborted, by a request of its own or by the close code, and do not abort that too.',
    needs: ['gateway'],
    async run(bench) {
      const anna = await bench.join('anna', BY_NAME)
      const ben = await bench.join('ben', BY_NAME)
      for (let round = 0; round < 3; round++) {
        await sees(bench, anna, 'anna', 'ben')
        ben.client.disconnect()
        await sees(bench, anna, 'anna')
        ben.client.connect()
      }
      await sees(bench, anna, 'anna', 'ben')
      ben.client.close()
      await sees(bench, anna, 'anna')
    },
  },
  {
    name: 'a member who falls silent is shown as silent, and then as gone, within 30 s',
    why: 'A laptop that was shut would be here for ever. Renew a lease only for what comes from the reader: that something can be written to it proves nothing.',
    needs: ['gateway', 'wire'],
    async run(bench) {
      holdShortly(bench)
      const { anna, ben } = await meet(bench)
      const before = anna.heres.length
      fallSilent(ben)
      await bench.pass(SILENT_AFTER_MS, [anna])
      const told = () =>
        anna.heres.slice(before).map(({ people }) => people.find(({ name }) => name === 'ben')?.state)
      await bench.until('anna is told that ben is silent', () => told().includes('silent'), told)
      await bench.pass(GONE_AFTER_MS - SILENT_AFTER_MS, [anna])
      await sees(bench, anna, 'anna')
    },
  },
  {
    name: 'a member who stays is here, however long nothing is said',
    why: 'Readers would come and go in the list while they sit there and read. A lease must be renewed by what the transport does anyway, or else by a request every 10 s.',
    needs: ['gateway'],
    async run(bench) {
      holdShortly(bench)
      const { anna, ben } = await meet(bench)
      const before = anna.heres.length
      await bench.pass(3 * (QUIET_MS + OVERDUE_MS), [anna, ben])
      same('what anna was told meanwhile', anna.heres.slice(before), [])
    },
  },
  {
    name: 'a line that is silent is not served for longer than its lease',
    why: 'The server would write to the dead for a quarter of an hour, since on a line of one direction the client cannot say that it is gone. When the room ends a follower, end its connection.',
    needs: ['gateway', 'wire'],
    async run(bench) {
      holdShortly(bench)
      const { anna, ben } = await meet(bench)
      fallSilent(ben)
      await bench.pass(GONE_AFTER_MS, [anna])
      await bench.until(
        'only anna follows the room',
        () => bench.hub.followers <= 1,
        () => `${bench.hub.followers} followers`,
      )
    },
  },
  {
    name: 'a line that is cut and comes back is not shown as a coming and going',
    why: 'In a train, a name would flicker in everybody’s list. A connection that closes is no goodbye: the tab may be on its way back.',
    needs: ['gateway'],
    async run(bench) {
      const { anna, ben } = await meet(bench)
      const before = anna.heres.length
      for (let round = 1; round <= 5; round++) {
        ben.cut()
        bench.say(`round ${round}`)
        await bench.heard(ben, round)
        await bench.heard(anna, round)
      }
      await bench.pass(2 * COALESCE_MS, [anna, ben])
      same('what anna was told meanwhile', anna.heres.slice(before), [])
      intact(ben, bench.log())
    },
  },
  {
    name: 'typing is shown, fades by itself, and is no message',
    why: 'The log would fill with "is typing…", or a member would type for ever. It is a state for some seconds: tell it by a sign, and never by a draft.',
    needs: ['gateway'],
    async run(bench) {
      holdShortly(bench)
      const anna = await bench.join('anna', BY_NAME)
      const ben = await bench.join('ben', BY_NAME)
      const typing = (...names: readonly string[]) =>
        bench.until(
          `ben sees that ${names.join(', ') || 'no member'} types`,
          () => ben.client.here?.typing.join() === names.join(),
          () => ben.client.here,
        )
      await sees(bench, ben, 'anna', 'ben')
      anna.client.typing()
      await typing('anna')
      await bench.pass(TYPING_MS + LOOK_MS + COALESCE_MS, [anna, ben])
      await typing()
      same('the log', bench.log(), [])

      anna.client.typing()
      await typing('anna')
      const sent = await anna.client.send('what was typed')
      await typing()
      await bench.heard(ben, 1)
      intact(ben, [sent])

      anna.client.typing()
      await typing('anna')
      anna.client.close()
      await typing()
      same('the log', bench.log(), [sent])
    },
  },
  {
    name: 'what was typed while a reader was away is not told afterwards',
    why: 'A member who comes back would see people type who have long gone to bed. What is given after a reconnect is the state of now.',
    needs: ['gateway'],
    async run(bench) {
      holdShortly(bench)
      const anna = await bench.join('anna', BY_NAME)
      const ben = await bench.join('ben', BY_NAME)
      await sees(bench, ben, 'anna', 'ben')
      ben.client.disconnect()
      await sees(bench, anna, 'anna')
      anna.client.typing()
      await bench.until('anna types', () => anna.client.here?.typing.length === 1)
      await bench.pass(TYPING_MS + LOOK_MS + COALESCE_MS, [anna])
      const before = ben.heres.length
      ben.client.connect()
      await sees(bench, ben, 'anna', 'ben')
      same(
        'who types, as ben was told after coming back',
        ben.heres.slice(before).flatMap(({ typing }) => typing),
        [],
      )
    },
  },
  {
    name: 'presence delays, repeats and reorders no message',
    why: 'Members who come and go would cost messages. A page can carry both, or either: take its messages whether or not it says who is here.',
    needs: ['gateway'],
    async run(bench) {
      const { anna, ben } = await meet(bench)
      for (let round = 1; round <= 12; round++) {
        bench.say(`${round}, one`)
        ben.client.typing()
        if (round % 3 === 0) ben.client.disconnect()
        bench.say(`${round}, two`, `${round}, three`)
        if (round % 3 === 0) ben.client.connect()
        // Each change is one that is told, and not put off by the one before.
        bench.clock.skip(COALESCE_MS)
        ben.clock.skip(TYPING_MS)
        if (round % 2 === 0) await bench.heard(anna, 3 * round)
      }
      // A client that comes back to both is given both, and on most transports by one page: not by chance, as above.
      ben.client.disconnect()
      await bench.join('carla', BY_NAME)
      await bench.until(
        'anna sees carla',
        () => seenBy(anna).includes('carla'),
        () => anna.client.here,
      )
      bench.say('while ben was away')
      ben.client.connect()
      for (const testClient of [anna, ben]) {
        await bench.heard(testClient, 37)
        intact(testClient, bench.log())
      }
    },
  },
  {
    name: 'a reader without a clientId is not counted, and is told nothing of presence',
    why: 'A reader who does not want presence would pay for it with each page, and be watched. Ask for it only when the client has a clientId.',
    needs: ['gateway'],
    async run(bench) {
      const plain = await bench.join('plain')
      const { anna, ben } = await meet(bench)
      ben.client.close()
      await sees(bench, anna, 'anna')
      bench.say('hello')
      await bench.heard(plain, 1)
      same('what was told of who is here', plain.heres, [])
      same('visitors', anna.client.here?.visitors, 0)
      holds(
        'the cursor of a reader without a clientId',
        /^[a-z0-9]+:1$/.test(plain.client.cursor ?? ''),
        'as ever',
        plain.client.cursor,
      )
      intact(plain, bench.log())
    },
  },
  {
    name: 'a crowd that comes at once is told in a few pages',
    why: 'A hundred people who join would be a hundred pages for each of a hundred. Write what the room gives when it notifies, and nothing for each member who comes.',
    needs: ['gateway'],
    async run(bench) {
      const CROWD = 40
      bench.settings.intervalMs = 500 // or the pollers would be a test of this machine
      const anna = await bench.join('anna', BY_NAME)
      await sees(bench, anna, 'anna')
      const before = { pages: anna.heres.length, time: bench.clock.now() }
      const crowd = await Promise.all(
        Array.from({ length: CROWD }, (_, i) => bench.invite(`visitor ${i}`, AS_A_VISITOR)),
      )
      for (const { client } of crowd) client.connect()
      await bench.until(
        'anna is told of all of them',
        () => anna.client.here?.visitors === CROWD,
        () => anna.client.here,
      )
      const pages = anna.heres.length - before.pages
      // The first at once, then one in each interval: however long this machine takes to let them in.
      const most = 2 + Math.ceil((bench.clock.now() - before.time) / COALESCE_MS)
      holds('pages for a crowd', pages <= most, `at most ${most}`, pages)
      for (const { client } of crowd) client.close()
    },
  },
  {
    name: 'a cursor with a presence version is valid on every other transport, and without a clientId',
    why: 'A reader who changes to another transport would start over, or be refused. A cursor is opaque: pass it on whole.',
    needs: ['gateway'],
    async run(bench) {
      const anna = await bench.join('anna', BY_NAME)
      await sees(bench, anna, 'anna')
      bench.say('old')
      await bench.heard(anna, 1)
      const since = anna.client.cursor as Cursor
      holds('the cursor of a reader with a clientId', since.includes('.'), 'to name a version', since)
      const [fresh] = await bench.say('new')
      const ways = [
        await bench.join('by the same way', { since }),
        await bench.join('by another way', { since, byReference: true }),
        await bench.join('with a clientId', { since, ...AS_A_VISITOR }),
      ]
      for (const testClient of ways) {
        await bench.heard(testClient, 1)
        intact(testClient, fresh ? [fresh] : [])
      }
    },
  },
  {
    name: 'a member who signs out is gone at once',
    why: 'A name would stay in the list whose holder has gone, and at a café’s computer be the next guest’s. What allowed the reader to be here has ended: so has the lease.',
    needs: ['gateway'],
    async run(bench) {
      const { anna, ben } = await meet(bench)
      bench.signOut(ben)
      await bench.until(
        'anna does not see ben any more',
        () => !seenBy(anna).some((name) => name.startsWith('ben')),
        () => anna.client.here,
      )
    },
  },
]
