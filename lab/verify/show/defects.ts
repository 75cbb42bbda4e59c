/**
 * Defects that only a demonstration has: those of a client's habits, of what stands between, and of measuring. No
 * transport of the contract could be made to have them. The catalogue has them beside all others (museum/catalogue.ts).
 */
import { withoutJitter } from '../../defects/client/alive.ts'
import { overlappingPolls } from '../../defects/client/polls.ts'
import { rawCarriageReturn } from '../../defects/server/events.ts'
import { writtenIsReceived } from '../../defects/server/polls.ts'
import type { CataloguedDefect } from '../museum/catalogued-defect.ts'

const defect = (
  name: string,
  breaks: string,
  phenomenon: number | null,
  shownBy: string,
  mend: CataloguedDefect['mend'],
): CataloguedDefect => ({
  name,
  collection: 'show',
  breaks,
  phenomenon,
  redTest: `${shownBy} shows its defect on the side that has it`,
  mend,
})

export const SHOWN_DEFECTS: readonly CataloguedDefect[] = [
  defect(overlappingPolls.name, overlappingPolls.story, 1, 'overlapping-polls', {
    file: 'transports/short-polling/client.ts',
    code: 'for (let page = first; ; page = await poll(options, page.cursor)) {',
  }),
  defect(
    'a stale reply overwrites a newer one',
    'What arrives last is shown, also when it was asked for first: the page goes back in time.',
    2,
    'stale-reply',
    { file: 'lab/client/ledger.ts', code: 'if (lastSeq !== null && message.seq <= lastSeq) {' },
  ),
  defect(withoutJitter.name, withoutJitter.story, 33, 'herd', {
    file: 'lab/client/backoff.ts',
    code: 'random() * backoffBound(attempt)',
  }),
  defect(writtenIsReceived.name, writtenIsReceived.story, 10, 'lost-acknowledgement', {
    file: 'transports/long-polling/server.ts',
    code: 'this.#reader.read(this.#since)',
  }),
  defect(
    'a proxy buffers',
    'A proxy that collects an answer until it is complete never passes on one that has no end.',
    15,
    'buffering-proxy',
    { file: 'transports/sse/server.ts', code: "'x-accel-buffering': 'no'" },
  ),
  defect(
    'a compressor waits for more',
    'A compressor keeps bytes until it has enough of them, so events come late or with the end.',
    16,
    'compression-holds-back',
    { file: 'transports/sse/server.ts', code: "'cache-control': 'no-store, no-transform'" },
  ),
  defect(
    'head-of-line blocking',
    'On one connection of HTTP/1.1 answers come in the order of the requests: a slow one holds up all behind it.',
    null,
    'head-of-line',
    null,
  ),
  defect(rawCarriageReturn.name, rawCarriageReturn.story, 20, 'cr-in-an-event', {
    file: 'transports/sse/server.ts',
    code: 'pageAsJson(page)',
  }),
  defect(
    'a line without a bound',
    'A reader keeps what has come of a line until the line ends: a server that never ends it fills its memory.',
    null,
    'unbounded-line',
    { file: 'transports/_formats/ndjson.ts', code: 'if (length > maxLength) throw tooLong(maxLength)' },
  ),
  defect(
    'a closed loop',
    'A load generator that waits for each answer asks a slow server less often, and leaves out what would have been slow.',
    null,
    'open-loop',
    { file: 'benchmarks/measure/pacer.ts', code: 'beat(dueNs(index), index)' },
  ),
]
