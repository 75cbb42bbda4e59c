/** A reader that comes late, comes back, or comes with a place that is no longer kept: told everything, or told of the gap. */
import type { Cursor } from '../../../wire/message.ts'
import type { Case } from '../case.ts'
import { holds, intact, same, sameList } from '../checks.ts'

export const history: readonly Case[] = [
  {
    name: 'a reader who comes late is told what was said before',
    why: 'A newcomer would find an empty room. A cursor of null asks for all that the log still holds.',
    async run(bench) {
      const said = await bench.say('one', 'two', 'three')
      const late = await bench.join('late')
      await bench.heard(late, 3)
      intact(late, said)
    },
  },
  {
    name: 'a long history comes page by page, each message once',
    why: 'History would repeat itself, or stop after the first page. Ask for the next page with the cursor of this one, not with the one before.',
    hub: { pageMessages: 7 },
    async run(bench) {
      const said = await bench.say(...Array.from({ length: 50 }, (_, i) => `old ${i}`))
      const late = await bench.join('late')
      await bench.heard(late, 50)
      intact(late, said)
    },
  },
  {
    name: 'while there is more, the next page is not waited for',
    why: 'Catching up would take one interval or one hold per page: minutes for a long absence. When `more` is true, ask again at once.',
    hub: { pageMessages: 5 },
    async run(bench) {
      bench.settings.intervalMs = 60_000
      const said = await bench.say(...Array.from({ length: 60 }, (_, i) => `old ${i}`))
      const late = await bench.join('late')
      await bench.heard(late, 60)
      intact(late, said)
    },
  },
  {
    name: 'going on from any place neither repeats nor skips',
    why: 'After every reload a message would be missing or doubled: off by one. `since` means after this place, and the cursor of a page stands behind its last message.',
    async run(bench) {
      const guide = await bench.join('guide')
      const places: (Cursor | null)[] = [guide.client.cursor]
      for (let i = 1; i <= 5; i++) {
        bench.say(`step ${i}`)
        await bench.heard(guide, i)
        places.push(guide.client.cursor)
      }
      for (const [i, since] of places.entries()) {
        const reader = await bench.join(`from ${i}`, { since })
        const [last] = await bench.say(`and on from ${i}`)
        await bench.until(`${reader.name} hears what is new`, () => reader.messages.at(-1)?.seq === last?.seq)
        intact(reader, bench.log().slice(i))
        reader.client.close()
      }
    },
  },
  {
    name: 'a reader who is up to date is told nothing old',
    why: 'A reconnect would show the whole conversation again. Look whether `since` reaches the server, and whether it survives being written into a URL.',
    async run(bench) {
      bench.say('old 1', 'old 2')
      const before = await bench.join('before')
      await bench.heard(before, 2)
      const after = await bench.join('after', { since: before.client.cursor })
      const fresh = await bench.say('new')
      await bench.heard(after, 1)
      intact(after, fresh)
    },
  },
  {
    name: 'an empty room gives a place to start from',
    why: 'A reader who joins an empty room and loses the line would not know from where to go on, and would miss the first words. Answer at once, even when there is nothing: the page carries the cursor.',
    async run(bench) {
      const anna = await bench.join('anna')
      await bench.until('anna has a cursor', () => anna.client.cursor !== null)
      anna.client.disconnect()
      const said = await bench.say('the first words')
      anna.client.connect()
      await bench.heard(anna, 1)
      intact(anna, said)
    },
  },
  {
    name: 'a log that has moved past the reader is told as a gap, with the number that is lost',
    why: 'Messages would be missing, and the reader would not know. The server says `gap`; pass the page on as it is.',
    hub: { maxMessages: 5, pageMessages: 2 },
    async run(bench) {
      const anna = await bench.join('anna')
      bench.say('one', 'two')
      await bench.heard(anna, 2)
      anna.client.disconnect()
      bench.say(...Array.from({ length: 12 }, (_, i) => `missed ${i + 1}`))
      anna.client.connect()
      await bench.heard(anna, 7)
      same(
        'the numbers of what anna heard',
        anna.messages.map(({ seq }) => seq),
        [1, 2, 10, 11, 12, 13, 14],
      )
      sameList('the gaps that anna was told of', anna.gaps, [{ after: 2, before: 10, lost: 7 }])
      same('what anna counts as lost', anna.client.figures.lost, 7)
    },
  },
  {
    name: 'a newcomer who has a forgotten place is told of the gap, even with nothing to compare',
    why: 'A reader who reloads the page after a long absence would take a part for the whole. Only the server can know: its `gap` must reach the client.',
    hub: { maxMessages: 4 },
    async run(bench) {
      const before = await bench.join('before')
      bench.say('one')
      await bench.heard(before, 1)
      const since = before.client.cursor
      bench.say(...Array.from({ length: 9 }, (_, i) => `missed ${i + 1}`))
      const after = await bench.join('after', { since })
      await bench.heard(after, 4)
      sameList('what after heard', after.messages, bench.log())
      same('gaps that after was told of', after.gaps.length, 1)
    },
  },
  {
    name: 'a reader who asks for all there is, is told of no gap',
    why: 'Every newcomer to an old room would be warned of a loss that is none: a reader who had nothing has lost nothing.',
    hub: { maxMessages: 4 },
    async run(bench) {
      bench.say(...Array.from({ length: 9 }, (_, i) => `old ${i + 1}`))
      const anna = await bench.join('anna')
      await bench.heard(anna, 4)
      intact(anna, bench.log())
    },
  },
  {
    name: 'a new log is told as a gap and read from its start, though its numbers are lower',
    why: 'After the server was replaced, everybody would wait for message 4 of a log that begins again at 1, and hear nothing. The cursor names its log: an unknown one means start over.',
    async run(bench) {
      const anna = await bench.join('anna')
      bench.say('old 1', 'old 2', 'old 3')
      await bench.heard(anna, 3)
      await bench.stop()
      await bench.start('new log')
      bench.say('new 1')
      await bench.heard(anna, 4)
      same('the last that anna heard', anna.messages.at(-1), bench.log()[0])
      same('gaps that anna was told of', anna.gaps.length, 1)
    },
  },
  {
    name: 'a new log is read whole, though the reader was already at that number in the old one',
    why: 'The first messages of the new log would be skipped in silence, because their numbers look familiar. A number alone is no place: it needs the name of its log.',
    async run(bench) {
      const anna = await bench.join('anna')
      bench.say('old 1', 'old 2', 'old 3')
      await bench.heard(anna, 3)
      anna.client.disconnect()
      await bench.stop()
      await bench.start('new log')
      bench.say('new 1', 'new 2', 'new 3', 'new 4', 'new 5')
      anna.client.connect()
      await bench.until('anna hears the newest', () => anna.messages.at(-1)?.text === 'new 5')
      sameList('what anna heard of the new log', anna.messages.slice(3), bench.log())
      same('gaps that anna was told of', anna.gaps.length, 1)
    },
  },
  {
    name: 'a cursor that is none is refused, not guessed at',
    why: 'A typing error in a stored place would be read as "from the start" or "from now", and something would be repeated or missing. Let the room read the cursor before you accept the connection.',
    run: (bench) => refusedAtOnce(bench, { since: 'the third from the top' as Cursor }, 'bad-cursor'),
  },
  {
    name: 'a room name that is none is refused',
    why: 'Anybody could make rooms with any name, without end. Let the hub find the room before you accept the connection.',
    run: (bench) => refusedAtOnce(bench, { room: 'No Such Room!' }, 'bad-room'),
  },
]

/**
 * The client must not get in: it stops for good, and says why. A browser hides the status of a refused
 * WebSocket handshake from scripts (WHATWG WebSockets §4), so such a transport has to ask again by another way.
 */
async function refusedAtOnce(
  bench: Parameters<Case['run']>[0],
  how: { readonly room?: string; readonly since?: Cursor },
  code: string,
): Promise<void> {
  const anna = await bench.invite('anna', how)
  anna.client.connect()
  await bench.until(
    'the client is told that it cannot get in',
    () => anna.client.state.status === 'closed',
    () => anna.client.state,
  )
  const { state } = anna.client
  same('the cause', state.status === 'closed' && state.cause?.code, code)
  const ways = anna.states.map(({ status }) => status)
  holds('a client that may not enter', !ways.includes('open'), 'never to be open', ways)
  same('followers in all rooms', bench.hub.followers, 0)
}
