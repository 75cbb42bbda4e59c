/**
 * What every engine does: memory, NATS, and whichever comes next. None of it waits for time to pass: that nothing more
 * comes is shown by another entry that comes first.
 */
import { ENTRY_BYTES, type Engine, type Position } from '../../store/engine/engine.ts'
import { holds, refusal, same, sameList } from '../conformance/checks.ts'
import { bytesOf, type EngineCase, placed, say } from './case.ts'

const WORDS = ['ada', 'ben', 'cleo', 'dora', 'emil']

export const ENGINE_CASES: readonly EngineCase[] = [
  {
    name: 'what is appended comes to every follower, byte by byte, and to the writer too',
    why: 'A writer is acknowledged when it has seen its entry come back; text that came back altered would be stored so.',
    async run({ open, follow }) {
      const [writer, other] = [await open(), await open()]
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      const followers = [follow(writer, 0), follow(other, 0)]
      await writer.append({ id: 'every-byte', body: all.slice() })
      await say(writer, 'end')
      for (const follower of followers) {
        await follower.until('end')
        sameList('the bytes of the entry', [...follower.bodies[0]!], [...all])
      }
    },
  },
  {
    name: 'all followers get all entries of all servers in one order, each once, at growing places',
    why: 'Each server numbers the messages by this order: two orders would be two conversations.',
    async run({ open, follow }) {
      const servers = [await open(), await open(), await open()]
      const followers = servers.map((server) => follow(server, 0))
      const acknowledged = await Promise.all(
        WORDS.flatMap((word) =>
          servers.map(async (server, j) => placed(await say(server, `${word}${j}`), `${word}${j}`)),
        ),
      )
      const last = await say(servers[0]!, 'end')
      for (const follower of followers) await follower.until('end')
      const [first, ...others] = followers
      for (const follower of others) sameList('what the followers got', follower.got, first!.got)
      sameList(
        'what was acknowledged, by place',
        first!.got,
        [...acknowledged, placed(last, 'end')].sort(byPlace),
      )
      const places = first!.got.map((one) => Number.parseInt(one, 10))
      for (const [i, place] of places.entries())
        holds('a place', place > (places[i - 1] ?? 0), `more than ${places[i - 1] ?? 0}`, place)
    },
  },
  {
    name: 'an entry that was acknowledged lies before all that is appended later, at whatever server',
    why: 'An answer must not come before the question that its author has read.',
    async run({ open }) {
      const servers = [await open(), await open()]
      let last: Position = 0
      for (const [i, word] of WORDS.entries()) {
        const position = await say(servers[i % 2]!, word)
        holds('the next place', position > last, `more than ${last}`, position)
        same('the newest place', await servers[(i + 1) % 2]!.newest(), position)
        last = position
      }
    },
  },
  {
    name: 'a follower gets what comes after its place, and nothing of before',
    why: 'A server that starts again goes on where it was; what came twice would be work, what was left out is lost.',
    async run({ open, follow }) {
      const [writer, other] = [await open(), await open()]
      const places = await sayAll(writer)
      const followers = [0, ...places].map((after) => follow(other, after))
      places.push(await say(writer, 'end'))
      const all = places.map((place, i) => placed(place, WORDS[i] ?? 'end'))
      for (const [i, follower] of followers.entries()) {
        await follower.until('end')
        sameList(`what came after place ${i}`, follower.got, all.slice(i))
      }
    },
  },
  {
    name: 'no entry falls between what was there and what is new',
    why: 'The oldest mistake of catching up: to read, then to subscribe, and to miss what came in between.',
    async run({ open, follow }) {
      const [writer, other] = [await open(), await open()]
      const said: Promise<Position>[] = []
      const followers = []
      for (let i = 0; i < 30; i++) {
        said.push(say(writer, `word${i}`))
        if (i % 5 === 0) followers.push(follow(other, 0))
        if (i % 4 === 0) await said.at(-1)
      }
      const places = await Promise.all(said)
      const expected = places.map((place, i) => placed(place, `word${i}`)).sort(byPlace)
      const end = await say(writer, 'end')
      for (const follower of followers) {
        await follower.until('end')
        sameList('what came', follower.got, [...expected, placed(end, 'end')])
      }
    },
  },
  {
    name: 'an entry that is sent again under its id is there once, and has the place that it had',
    why: 'A server whose acknowledgement was lost sends again; what it brings must not be in the log twice.',
    async run({ open, follow }) {
      const [writer, other] = [await open(), await open()]
      const first = await say(writer, 'once', 'same-id')
      await say(writer, 'between')
      same('its place', await say(writer, 'once', 'same-id'), first)
      same('its place, by another server', await say(other, 'once', 'same-id'), first)
      await say(writer, 'end')
      const follower = follow(other, 0)
      await follower.until('end')
      sameList('what is there', follower.got.map(wordIn), ['once', 'between', 'end'])
    },
  },
  {
    name: 'the same entry that is sent twice at once is there once',
    why: 'An engine that looks for the id first and appends then, with a wait between, takes both.',
    async run({ open, follow }) {
      const [writer, other] = [await open(), await open()]
      const places = await Promise.all([say(writer, 'once', 'twin'), say(other, 'once', 'twin')])
      same('the place of both', places[0], places[1])
      await say(writer, 'end')
      const follower = follow(other, 0)
      await follower.until('end')
      sameList('what is there', follower.got.map(wordIn), ['once', 'end'])
    },
  },
  {
    name: 'an entry may have 256 KiB, and one that is longer is refused and not in the log',
    why: 'A turn is split to this size. Cut short it would be unreadable at each server, for good.',
    async run({ open, follow }) {
      const writer = await open()
      await writer.append({ id: 'just-so', body: new Uint8Array(ENTRY_BYTES).fill(65) })
      const longer = writer.append({ id: 'too-long', body: new Uint8Array(ENTRY_BYTES + 1) })
      same('the refusal', await refusal('an entry that is too long', longer), 'too-large')
      await say(writer, 'end')
      const follower = follow(writer, 0)
      await follower.until('end')
      sameList(
        'the lengths',
        follower.bodies.map(({ length }) => length),
        [ENTRY_BYTES, 3],
      )
    },
  },
  {
    name: 'trimming takes what lies before a place; a follower that needs it is told, and all others go on',
    why: 'A server that came back too late and passed over entries in silence would have holes in its rooms.',
    async run({ open, follow }) {
      const [writer, other] = [await open(), await open()]
      const places = await sayAll(writer)
      const passed = follow(other, 0)
      await passed.until('emil')
      await writer.trim(0)
      await writer.trim(1)
      const whole = follow(other, 0)
      await whole.until('emil')
      sameList('what is left when nothing was to be trimmed', whole.got.map(wordIn), WORDS)
      await writer.trim(places[2]!)
      const [late, inTime] = [follow(other, places[0]!), follow(other, places[1]!)]
      same('the end of a follower that came too late', await late.ended(), 'gone')
      same('the end of one from the beginning', await follow(other, 0).ended(), 'gone')
      const end = placed(await say(writer, 'end'), 'end')
      await Promise.all([passed.until('end'), inTime.until('end')])
      sameList('what the late follower got', late.got, [])
      sameList('what a follower in time got', inTime.got.map(wordIn), ['cleo', 'dora', 'emil', 'end'])
      same('what a follower that had passed got last', passed.got.at(-1), end)
    },
  },
  {
    name: 'a log that was trimmed to its end goes on from there',
    why: 'Places never start from 1 again: a server that has been further would wait for them for ever.',
    async run({ open, follow }) {
      const [writer, other] = [await open(), await open()]
      await sayAll(writer)
      const newest = await writer.newest()
      await writer.trim(newest + 100) // a place beyond the end, which does not move the end
      same('the newest place', await other.newest(), newest)
      const follower = follow(other, newest)
      const next = await say(writer, 'end')
      holds('the next place', next > newest, `more than ${newest}`, next)
      await follower.until('end')
      sameList('what came', follower.got, [placed(next, 'end')])
      same('the end of a follower from the beginning', await follow(other, 0).ended(), 'gone')
    },
  },
  {
    name: 'what was erased comes to no follower, and one that needs it is told',
    why: 'A removed text must not come back with a new server; and a turn that was passed over shifts the numbers behind it.',
    async run({ open, follow }) {
      const [writer, other] = [await open(), await open()]
      const places = await sayAll(writer)
      const passed = follow(other, 0)
      await passed.until('emil')
      await writer.erase(places[2]!)
      await writer.erase(places[2]!) // once more: no harm
      await writer.erase(places.at(-1)! + 100) // nor where nothing is
      const late = follow(other, places[0]!)
      same('the end of a follower that needs it', await late.ended(), 'gone')
      sameList('what it got before', late.got.map(wordIn), ['ben'])
      const behind = follow(other, places[2]!)
      const last = await say(writer, 'end')
      await Promise.all([passed.until('end'), behind.until('end')])
      sameList('what came behind it', behind.got.map(wordIn), ['dora', 'emil', 'end'])
      sameList('what one that had passed got', passed.got.map(wordIn), [...WORDS, 'end'])
      await writer.erase(last)
      const before = follow(other, places.at(-1)!)
      same('the end of one whose next was the newest', await before.ended(), 'gone')
    },
  },
  {
    name: 'a follower at a place that the log does not have is told so, and does not wait there',
    why: 'The log was lost or is another one. A server that waits would show old rooms as if all were well.',
    async run({ open, follow }) {
      const engine = await open()
      const last = await say(engine, 'ada')
      same('its end', await follow(engine, last + 7).ended(), 'other-log')
    },
  },
  {
    name: 'a follower that was stopped is told nothing more, and others are',
    why: 'A server that shuts down has closed its store: what came then would be an error in the middle of the end.',
    async run({ open, follow }) {
      const [writer, other] = [await open(), await open()]
      const [stopped, goesOn] = [follow(other, 0), follow(other, 0)]
      await say(writer, 'ada')
      await Promise.all([stopped.until('ada'), goesOn.until('ada')])
      stopped.stop()
      await say(writer, 'ben')
      await goesOn.until('ben')
      sameList('what the stopped one got', stopped.got.map(wordIn), ['ada'])
    },
  },
  {
    name: 'an entry that a follower could not take is not passed: it ends there, and can go on from its place',
    why: 'A server whose disk was full for a moment must get that entry again, or its rooms have a hole.',
    async run({ open, follow }) {
      const [writer, other] = [await open(), await open()]
      const first = await say(writer, 'ada')
      await say(writer, 'ben')
      await say(writer, 'cleo')
      const full = follow(other, 0, (position) => {
        if (position > first) throw new Error('the disk is full')
      })
      same('its end', await full.ended(), 'the disk is full')
      sameList('what it took', full.got.map(wordIn), ['ada'])
      const again = follow(other, first)
      await again.until('cleo')
      sameList('what came then', again.got.map(wordIn), ['ben', 'cleo'])
    },
  },
  {
    name: 'all ways to one log give it one name, by which a cursor can be told from those of other logs',
    why: 'A cursor says which log it belongs to: by two names, a reader that hops between servers is told of a gap.',
    async run({ open }) {
      const [one, other] = [await open(), await open()]
      same('the name of the log at another server', other.log, one.log)
      holds('the name', /^[a-z0-9]{1,32}$/.test(one.log), '1 to 32 of a-z and 0-9', one.log)
    },
  },
  {
    name: 'a way to the log that is closed takes nothing more and says so, and others stay open',
    why: 'One server of three is stopped every time that the lab is updated.',
    async run({ open, follow }) {
      const [closed, other] = [await open(), await open()]
      const [follower, goesOn] = [follow(closed, 0), follow(other, 0)]
      await say(closed, 'ada')
      await follower.until('ada')
      await closed.close()
      same('the end of its follower', await follower.ended(), 'closed')
      same('the refusal', await refusal('an entry after closing', say(closed, 'ben')), 'closed')
      await say(other, 'cleo')
      await goesOn.until('cleo')
      sameList('what is there', goesOn.got.map(wordIn), ['ada', 'cleo'])
      sameList('what the closed one got', follower.got.map(wordIn), ['ada'])
      await closed.close() // once more: no harm
    },
  },
  {
    name: 'a follower may append while it is told, and is told of that too',
    why: 'A server that applies an entry may have something to say to it; an engine that gives it at once would shuffle the order.',
    async run({ open, follow }) {
      const [engine, other] = [await open(), await open()]
      let isFirst = true
      const follower = follow(engine, 0, () => {
        const answers = isFirst
        isFirst = false
        if (answers) void engine.append({ id: 'answer', body: bytesOf('answer') })
      })
      await say(other, 'question')
      await follower.until('answer')
      sameList('what came', follower.got.map(wordIn), ['question', 'answer'])
    },
  },
]

const wordIn = (one: string) => one.slice(one.indexOf(':') + 1)
const byPlace = (a: string, b: string) => Number.parseInt(a, 10) - Number.parseInt(b, 10)

/** The words, one after the other, and their places. */
async function sayAll(writer: Engine): Promise<Position[]> {
  const places: Position[] = []
  for (const word of WORDS) places.push(await say(writer, word))
  return places
}
