/** Every check can fail: solutions with one mistake each, and the check that must notice it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { catalog } from './runner/catalog.ts'
import type { Exercise } from './runner/check.ts'
import { runChecks } from './runner/run-checks.ts'

/** Exercise, what is replaced in its solution, by what, and the check that notices. */
const MUTANTS: readonly (readonly [string, string, string, string])[] = [
  ['01', 'world.pause(intervalMs)', 'world.pause(1)', 'with the pause that was agreed'],
  ['01', 'await world.poll()', 'void world.poll()', 'one poll on its way at a time'],
  ['01', '} catch {', '} catch {\n      return', 'goes on after a poll that failed'],
  ['01', 'if (signal.aborted) return', '', 'stops when it is told to'],
  ['02', 'else waiting.push(answerIfNew)', 'else resolve(fresh)', 'a poll waits while there is nothing'],
  [
    '02',
    'answerIfNew() // nothing',
    'waiting.push(answerIfNew) // nothing',
    'what is said while no poll waits',
  ],
  ['02', 'log.slice(since)', 'log.slice(0)', 'what is said while no poll waits'],
  ['02', 'for (const answer of woken) answer()', 'woken[0]?.()', 'a burst of five reaches two readers'],
  ['02', 'seq: log.length + 1', 'seq: log.length', 'a poll waits while there is nothing'],
  ['03', 'unfinished + text', 'text', 'cut at every character'],
  ['03', 'onEvent({ id, data: data.join(', 'onEvent({ id, data: data[0] ?? data.join(', 'several data lines'],
  ['03', '/\\r\\n|\\r|\\n/', '/\\n/', 'CR and CRLF'],
  ['03', 'afterCr && ', 'false && afterCr && ', 'CR and CRLF'],
  ['03', 'data = []\n      return', "data = []\n      id = ''\n      return", 'an id holds'],
  ['03', 'if (data.length > 0) ', '', 'comments, other fields and events without data'],
  ['03', "line[colon + 1] === ' ' ? colon + 2 : colon + 1", 'colon + 2', 'one space after the colon'],
  ['04', '/\\r\\n|\\r|\\n/', '/\\n/', 'CR and CRLF are line ends too'],
  ['04', '=> `data: ', '=> `data:', 'spaces, colons and empty texts'],
  ['04', 'if (/[\\r\\n]/.test(id))', 'if (/[\\n]/.test(id))', 'an id with a line break'],
  ['05', 'key + GUID', 'GUID + key', 'the example of the specification'],
  ['05', 'bytes.length === 16 && ', '', 'a key is the Base64 of 16 bytes'],
  ['05', " && bytes.toString('base64') === key", '', 'a key is the Base64 of 16 bytes'],
  ['06', 'short === 126 ? 4 : 10', '4', 'lengths of two bytes and of eight'],
  [
    '06',
    'for (let frame = firstFrame(rest); frame; frame = firstFrame(rest))',
    'const frame = firstFrame(rest)\n      if (frame)',
    'two frames in one chunk',
  ],
  ['06', 'Buffer.concat([rest, chunk])', 'chunk', 'a frame that comes byte by byte'],
  ['06', '.toString())', ".toString('latin1'))", 'a character that is cut in two'],
  ['07', 'i & 3', 'i & 1', 'the example of the specification'],
  ['07', 'Buffer.from(payload)', 'payload', 'what it was given stays'],
  ['07', 'return plain', 'return [...plain]', 'the example of the specification'],
  ['08', 'messages.push(message)', '', 'numbers messages from 1'],
  ['08', 'if (known) {', 'if (known && false) {', 'the same draft twice'],
  ['08', 'byAuthor.get(draft.author)', "byAuthor.get('')", 'two people|the same draft twice|a late retry'],
  ['08', 'if (known.text === draft.text) return known', 'return known', 'another text under a known draftId'],
  ['09', 'random() * ', '', 'a crowd comes back spread out'],
  ['09', '2 ** attempt', '8', 'the bound doubles'],
  ['09', 'Math.min(CAP_MS, BASE_MS * 2 ** attempt)', '(BASE_MS * 2 ** attempt)', 'the bound has an end'],
  ['09', 'random() * ', 'Math.max(0.02, random()) * ', 'the wait goes from nothing'],
  ['10', 'origin === undefined || ', '', 'a program without an Origin'],
  [
    '10',
    'allowed.includes(origin)',
    'allowed.some((one) => origin.startsWith(one))',
    'begins or ends like ours',
  ],
  ['10', 'origin === undefined', '!origin', '“null” and an empty Origin'],
  ['11', 'while (!stalled && ', 'while (', 'nothing is written to a reader'],
  ['11', 'stalled = false\n    wake()', 'stalled = false', 'after drain it goes on'],
  [
    '11',
    'while (!stalled && place',
    "if (stalled) sink.once('drain', goOn)\n    while (!stalled && place",
    'it listens for drain once',
  ],
  ['12', 'answeredAt - dueAt', 'answeredAt - dueAt - 1', 'a latency begins when the request was due'],
  [
    '12',
    'Math.ceil(q * sorted.length) - 1',
    'Math.min(Math.floor(q * sorted.length), sorted.length - 1)',
    'a quantile is one that was measured',
  ],
  ['12', '(a, b) => a - b', '', 'numbers are sorted as numbers'],
  ['12', 'toSorted', 'sort', 'the list stays as it was'],
  [
    '12',
    'quantile(runs.flat(), q)',
    'runs.reduce((sum, run) => sum + quantile(run, q), 0) / runs.length',
    'runs are put together',
  ],
  [
    '12',
    'quantile(runs.flat(), q)',
    'quantile(runs.map((run) => quantile(run, q)), 0.5)',
    'runs are put together',
  ],
  [
    '12',
    'quantile(runs.flat(), q)',
    'Math.max(...runs.map((run) => quantile(run, q)))',
    'runs are put together',
  ],
  ['13', 'if (opcode === 9) onPing(payload)\n    else ', '', 'each short example in one read'],
  ['13', 'if (fin) endMessage()', 'endMessage()', 'each short example in one read'],
  ['13', 'short === 126 ? 4 : short === 127 ? 10 : 2', '2', 'lengths of two bytes and of eight'],
  ['13', 'Buffer.concat([rest, chunk])', 'chunk', 'cut in two at every place'],
  [
    '13',
    'for (let frame = firstFrame(rest); frame; frame = firstFrame(rest))',
    'const frame = firstFrame(rest)\n      if (frame)',
    'each short example in one read',
  ],
  [
    '13',
    'if (bytes.length < start) return null',
    'if (bytes.length < 4) return null',
    'within their headers|at every place',
  ],
  ['13', 'onPing(payload)\n', 'parts = []\n', 'each short example in one read'],
  [
    '13',
    'if (opcode === 9) onPing(payload)',
    'if (opcode === 9) onPing(Buffer.concat([...parts, payload]))',
    'a ping between',
  ],
  ['13', 'parts = []\n    onMessage', 'onMessage', 'all short examples in one read'],
  [
    '13',
    'rest = Buffer.concat([rest, chunk])',
    'rest = Buffer.concat([rest, chunk])\n      chunk.fill(0)',
    'stay as they were',
  ],
  ['14', 'isLast ? () => {} : world.after', 'world.after', 'the last one has as long as it likes'],
  ['14', 'cancel()', '', 'no alarm is left behind|is given up when its time is over'],
  ['14', 'error instanceof Refused || isLast', 'isLast', 'what the server refuses'],
  ['14', 'error instanceof Refused || isLast', 'true', 'one that is blocked is passed over'],
  ['14', 'stop.abort(new Error', 'void (new Error', 'one that hangs is given up'],
  ['14', '=> name === remembered', '=> name === null', 'begins with the one that worked last'],
  ['14', 'Math.max(\n    0,', 'Math.max(\n    -1,', 'begins with the one that worked last|the best is taken'],
  ['14', 'tried.push(ways[number]!.name)', '', 'one that is blocked is passed over'],
  ['15', 'connect(cursor, onPage', "connect('', onPage", 'from where it was'],
  ['15', 'cursor = page.cursor', '', 'from where it was'],
  ['15', 'if (isOver) return\n      cancel()', 'cancel()', 'given up is not shown|on waking'],
  ['15', 'if (isOver) return\n      isOver = true', 'isOver = true', 'given up is not shown'],
  ['15', 'cancel = world.after(SILENCE_MS, onEnd)\n\n', '\n', 'falls silent'],
  ['15', 'cancel = world.after(SILENCE_MS, onEnd)\n      cursor', 'cursor', 'falls silent'],
  ['15', 'line.close()', '', 'falls silent'],
  ['15', 'world.random() * bound', 'bound', 'longer after each failure'],
  ['15', '2 ** failures++', '2', 'longer after each failure'],
  [
    '15',
    'Math.min(CAP_MS, BASE_MS * 2 ** failures++)',
    'BASE_MS * 2 ** failures++',
    'longer after each failure',
  ],
  ['15', 'failures = 0\n      for', 'for', 'only when something has come'],
  ['15', 'if (isWaiting) open()', 'open()', 'on waking'],
  ['15', 'if (isWaiting) open()', '', 'on waking'],
  ['15', 'cancel()\n    isWaiting = false', 'isWaiting = false', 'on waking'],
  ['16', '4 * (ip[0]! & 0x0f)', '20', 'headers are as long as they say'],
  ['16', '4 * (tcp[12]! >> 4)', '32', 'headers are as long as they say'],
  ['16', '.subarray(0, packet.readUInt16BE(2))', '', 'behind the end of the packet'],
  ['16', 'tcp.readUInt32BE(4)', 'tcp.readInt32BE(4)', 'numbers have no sign'],
  ['16', '.sort((a, b) => a.at - b.at)', '', 'a whole stream has no gap'],
  ['16', 'Math.max(place, at + length)', 'at + length', 'a whole stream has no gap'],
  ['16', '.filter(({ length }) => length > 0)', '', 'a whole stream has no gap'],
  ['16', '(seq - start) >>> 0', 'seq - start', 'begins again at 0'],
  ['16', '(start + at) >>> 0', 'start + at', 'begins again at 0'],
  ['16', 'to: (start + at)', 'to: (start + at - 1)', 'the first gap is found'],
  ['17', 'at: 12', 'at: 11', 'a: three frames'],
  ['17', "{ at: 8, fault: 'fragment' }", "{ at: 5, fault: 'control' }", 'b: a message in pieces'],
  ['17', "{ at: 5, fault: 'length' }", "{ at: 13, fault: 'fragment' }", 'c: three texts'],
  ['17', "{ at: 0, fault: 'none' }", "{ at: 4, fault: 'utf8' }", 'd: a ping within a word'],
  ['17', "{ at: 7, fault: 'control' }", "{ at: 15, fault: 'control' }", 'e: a goodbye'],
  ['18', 'if (places.get(line) !== place) return false', '', 'while the database is thinking|gone by itself'],
  ['18', 'receives: false', 'receives: true', 'before the database has answered'],
  ['18', 'if (place.session !== session) continue', '', 'lines of other sessions stay'],
  [
    '18',
    "places.delete(line)\n        line.close(SIGNED_OUT, 'signed out')",
    'places.delete(line)',
    'ends all its lines',
  ],
  [
    '18',
    "places.delete(line)\n        line.close(SIGNED_OUT, 'signed out')",
    "line.close(SIGNED_OUT, 'signed out')",
    'ends all its lines',
  ],
  ['18', 'gone(line) {\n      places.delete(line)', 'gone() {', 'gone by itself'],
  [
    '18',
    "places.delete(line)\n        line.close(SIGNED_OUT, 'signed out')",
    "line.close(SIGNED_OUT, 'signed out')\n        places.delete(line)",
    'speaks and goes while it is closed',
  ],
  ['19', 'pages.get(page)?.cancel()\n      pages.set', 'pages.set', 'each sign renews the lease'],
  ['19', 'world.after(LEASE_MS, () => end(page))', '() => {}', 'not for ever'],
  ['19', 'new Set([', '([', 'as one of its pages is'],
  ['19', '.sort()', '', 'as one of its pages is'],
  ['19', "if (now.join('\\n') === told.join('\\n')) return", '', 'only when it has become another'],
  ['19', 'if (left.has(page)) return\n      pages', 'pages', 'behind the goodbye'],
  ['19', 'pages.get(page)?.cancel()\n    pages.delete', 'pages.delete', 'nothing is left behind'],
  ['20', 'Math.min(BURST, ', 'Math.min(Infinity, ', 'no fuller than full'],
  ['20', 'mayPass ? there - 1 : there', 'there - 1', 'drip in evenly'],
  ['20', 'mayPass ? there - 1 : there', 'Math.floor(mayPass ? there - 1 : there)', 'drip in evenly'],
  ['20', 'Math.ceil(', 'Math.floor(', 'when to come again'],
  ['20', 'if (now() - at < fullAfterMs) return\n      ', '', 'a burst may pass'],
  ['20', 'fullAfterMs = (BURST / PER_SECOND) * 1_000', 'fullAfterMs = 3_000', 'quiet is forgotten'],
  ['20', 'buckets.delete(writer)\n      buckets.set', 'buckets.set', 'quiet is forgotten|keeps little'],
  ['20', 'return\n      buckets.delete(writer)', 'return', 'quiet is forgotten'],
  ['21', 'hops.toReversed()', 'hops', 'wherever it stands'],
  ['21', 'gzip: true', 'gzip: false', 'a hop that compresses'],
  ['21', 'gzip: false })\n    if', 'gzip: true })\n    if', 'a hop that compresses'],
  ['21', 'const LIMIT_MS = 90_000', 'const LIMIT_MS = 50_000', 'a hop that cuts'],
  ['21', 'const HEARTBEAT_MS = 20_000', 'const HEARTBEAT_MS = 1_000', 'a sound system'],
  ['21', "'/stream', ms: LIMIT_MS, gzip: false", "'/poll', ms: LIMIT_MS, gzip: false", 'a sound system'],
  ['22', 'begunAt - dueAt', '0', 'began late has waited'],
  ['22', ' - median(all, PARTS[part])', '', 'always slow'],
  [
    '22',
    'median(slowest, PARTS[part])',
    'slowest.reduce((sum, one) => sum + PARTS[part](one), 0) / slowest.length',
    'took a minute',
  ],
  ['22', 'all.slice(0, Math.max(1, Math.floor(all.length / 100)))', 'all', 'slow in the slow ones'],
  ['22', 'Math.max(1, Math.floor(all.length / 100))', 'Math.floor(all.length / 100)', 'fifty requests'],
  ['22', 'requests.toSorted(', '(requests as Timed[]).sort(', 'stays as it was'],
  [
    '23',
    'publish: append',
    'publish(draft) {\n      append(draft)\n      this.apply(draft)\n    }',
    'order of the log',
  ],
  ['23', 'if (known.has(name)) return', '', 'went to both'],
  ['23', 'JSON.stringify([author, draftId])', 'draftId', 'went to both|misses nothing'],
  ['23', 'Math.max(from, messages.length)', 'messages.length', 'keeps the place'],
  [
    '23',
    'const gap = of !== epoch',
    'const gap = of !== epoch || Number(place) > messages.length',
    'keeps the place',
  ],
  ['23', 'const gap = of !== epoch', 'const gap = false', 'another log is a gap'],
  ['23', 'gap ? 0 : Number(place)', 'Number(place)', 'another log is a gap'],
  [
    '24',
    "return {\n    entries: 'notes'",
    "return {\n    entries: 'notes and places'",
    '1: what must arrive',
  ],
  [
    '24',
    "read: 'when a visible page says up to which number'",
    "read: 'when the server has sent it'",
    '5: read is said',
  ],
  ['24', "transport: 'server-sent events'", "transport: 'short polling'", 'the transport carries it'],
  ['24', 'placesOut: customers', 'placesOut: COURIERS', 'the figures'],
  ['24', 'customers / SPREAD_S', 'customers', 'the figures'],
]

const folder = await mkdtemp(join(tmpdir(), 'transport-lab-mutants-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const entries = new Map(catalog().map((entry) => [entry.number, entry]))

it.each(MUTANTS.map((mutant, index) => [index, ...mutant] as const))(
  'number %i, exercise %s: %j for %j',
  async (index, number, right, wrong, noticedBy) => {
    const entry = entries.get(number)!
    const solution = await readFile(join(entry.folder, 'solution.ts'), 'utf8')
    expect(solution).toContain(wrong === right ? '' : right)
    const file = join(folder, `mutant-${index}.ts`)
    await writeFile(
      file,
      solution.replace(right, () => wrong),
    )
    const { default: exercise } = (await import(join(entry.folder, 'check.ts'))) as { default: Exercise }
    const outcome = await runChecks(exercise, file)
    expect(outcome).toMatchObject({ kind: 'unmet', name: expect.stringMatching(noticedBy) })
  },
)

it('leaves no check out', async () => {
  for (const { number, folder: of } of entries.values()) {
    const { default: exercise } = (await import(join(of, 'check.ts'))) as { default: Exercise }
    const noticed = MUTANTS.filter(([one]) => one === number).length
    expect(
      noticed,
      `mutants of ${number}, which has ${exercise.checks.length} checks`,
    ).toBeGreaterThanOrEqual(2)
  }
})
