/** What is said is heard: by all, once, in one order. */

import { between } from '../../../wire/random.ts'
import type { Case } from '../case.ts'
import { intact, same, sameList } from '../checks.ts'

const numbered = (count: number, word = 'message') =>
  Array.from({ length: count }, (_, i) => `${word} ${i + 1}`)

export const delivery: readonly Case[] = [
  {
    name: 'what one writes, the other reads',
    why: 'This is the chat. If it fails, nothing else can be trusted: look whether the client finds the path under which the server listens.',
    async run(bench) {
      const anna = await bench.join('anna')
      const ben = await bench.join('ben')
      const sent = await anna.client.send('hello')
      await bench.heard(ben, 1)
      intact(ben, [sent])
    },
  },
  {
    name: 'who writes also hears it, once, where it stands in the log',
    why: 'The writer would see the own words twice or in another place than everybody else. Do not show what was sent: show what comes back.',
    async run(bench) {
      const anna = await bench.join('anna')
      bench.say('before')
      await anna.client.send('mine')
      bench.say('after')
      await bench.heard(anna, 3)
      intact(anna, bench.log())
    },
  },
  {
    name: 'all hear the same order when several write at once',
    why: 'Two people would remember two different conversations. Order comes from the log; no queue of your own may change it.',
    async run(bench) {
      const writers = [await bench.join('anna'), await bench.join('ben'), await bench.join('cleo')]
      await Promise.all(
        writers.flatMap(({ name, client }) => numbered(12, name).map((text) => client.send(text))),
      )
      for (const writer of writers) await bench.heard(writer, 36)
      for (const writer of writers) intact(writer, bench.log())
    },
  },
  {
    name: 'what one client writes in a row arrives in that row',
    why: 'The answer would stand above the question. One draft at a time is on its way; on the server, nothing may be awaited between reading a draft and publishing it.',
    async run(bench) {
      const anna = await bench.join('anna')
      const texts = numbered(60)
      await Promise.all(texts.map((text) => anna.client.send(text)))
      sameList(
        'the log',
        bench.log().map(({ text }) => text),
        texts,
      )
      await bench.heard(anna, 60)
      intact(anna, bench.log())
    },
  },
  {
    name: 'what is said while a client opens is not lost',
    why: 'The first words after joining would be missing. Between reading the log and waiting for its notification lies a moment: subscribe first, then read.',
    async run(bench) {
      for (let round = 0; round < 10; round++) {
        const late = await bench.invite(`latecomer ${round}`)
        late.client.connect()
        for (let turn = between(bench.random, 0, 8); turn > 0; turn--) await nextTurn()
        for (let i = 0; i < 4; i++) {
          bench.say(`round ${round}, ${i}`)
          await nextTurn()
        }
        await bench.heard(late, (round + 1) * 4)
        intact(late, bench.log())
        late.client.close()
      }
    },
  },
  {
    name: 'each message wakes those who wait, however they come to wait',
    why: 'A message would lie unread until the next one is written: the lost wake-up. After each answer a reader is on its way back, and what is said just then must be found when it arrives.',
    async run(bench) {
      const anna = await bench.join('anna')
      const ben = await bench.join('ben')
      for (let round = 1; round <= 80; round++) {
        bench.say(`one ${round}`)
        // While the first is carried, the readers are somewhere on their way to wait again.
        for (let turn = between(bench.random, 0, between(bench.random, 0, 40)); turn > 0; turn--)
          await nextTurn()
        bench.say(`two ${round}`)
        for (const testClient of [anna, ben]) await bench.heard(testClient, round * 2)
      }
      for (const testClient of [anna, ben]) intact(testClient, bench.log())
    },
  },
  {
    name: 'a burst of 1,000 arrives whole and in order',
    why: 'On a busy day people would miss lines. Look for a queue with an end, for an event that is overwritten by the next, for a page that is taken for all there is.',
    async run(bench) {
      const anna = await bench.join('anna')
      const saying = []
      for (let i = 0; i < 100; i++) {
        saying.push(bench.say(...numbered(10, `turn ${i},`)))
        await nextTurn()
      }
      await bench.heard(anna, 1_000)
      intact(anna, (await Promise.all(saying)).flat())
    },
  },
  {
    name: 'all that is said in one turn of the event loop arrives',
    why: 'Messages that come together would swallow each other: one notification stands for all of them, so the reader must read until the log is empty.',
    async run(bench) {
      const anna = await bench.join('anna')
      const first = await bench.say(...numbered(350))
      await bench.heard(anna, 350)
      const second = await bench.say(...numbered(7, 'again'))
      await bench.heard(anna, 357)
      intact(anna, [...first, ...second])
    },
  },
  {
    name: 'fifty readers all hear all',
    why: 'One reader in a full room would hear less than the others. Look for state that readers share and should not, or for bytes that are written to one and forgotten for the next.',
    async run(bench) {
      const crowd = await Promise.all(Array.from({ length: 50 }, (_, i) => bench.join(`reader ${i}`)))
      for (let i = 0; i < 5; i++) {
        bench.say(`a ${i}`, `b ${i}`)
        await nextTurn()
      }
      for (const reader of crowd) await bench.heard(reader, 10)
      for (const reader of crowd) intact(reader, bench.log())
    },
  },
  {
    name: 'readers at different places each get what they lack',
    why: 'One reader would be handed the page of another. What is encoded once may be shared only by those who stand at the same place.',
    hub: { pageMessages: 4 },
    async run(bench) {
      const guide = await bench.join('guide')
      const places = [guide.client.cursor]
      for (let i = 1; i <= 6; i++) {
        bench.say(`step ${i}`)
        await bench.heard(guide, i)
        places.push(guide.client.cursor)
      }
      const log = bench.log()
      const readers = await Promise.all(
        [...places, ...places].map((since, i) => bench.join(`reader ${i}`, { since })),
      )
      for (const [i, reader] of readers.entries()) {
        const missed = log.slice(i % places.length)
        await bench.heard(reader, missed.length)
        intact(reader, missed)
      }
    },
  },
  {
    name: 'two rooms do not mix',
    why: 'Strangers would read along. The room is in the path: it must decide where you read and where you publish.',
    async run(bench) {
      const here = await bench.join('anna')
      const there = await bench.join('ben', { room: 'elsewhere' })
      await there.client.send('in the other room')
      await here.client.send('in this room')
      await bench.heard(here, 1)
      await bench.heard(there, 1)
      same(
        'what anna heard',
        here.messages.map(({ text }) => text),
        ['in this room'],
      )
      same(
        'what ben heard',
        there.messages.map(({ text }) => text),
        ['in the other room'],
      )
    },
  },
  {
    name: 'those who came by another way are in the same room',
    why: 'Two people with different transports would talk past each other. There is one hub: publish there and read there, and keep no list of your own.',
    async run(bench) {
      const anna = await bench.join('anna')
      const zoe = await bench.join('zoe', { byReference: true })
      await anna.client.send('from here')
      await zoe.client.send('from another way')
      bench.say('from none')
      for (const testClient of [anna, zoe]) {
        await bench.heard(testClient, 3)
        intact(testClient, bench.log())
      }
    },
  },
]

/** After the I/O that is due now. */
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))
