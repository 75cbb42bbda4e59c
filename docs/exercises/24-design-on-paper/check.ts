import { exercise, Unmet, wanted } from '../runner/check.ts'
import type { Design } from './solution.ts'

type Work = typeof import('./solution.ts')

type Choice = Exclude<keyof Design, 'placesIn' | 'placesOut' | 'heartbeats' | 'returning'>

/** Of each question: what there is to choose, and what is answered to a choice that does not hold; null to one that does. */
type Answers = { readonly [Name in Choice]: Readonly<Record<Design[Name], string | null>> }

const ANSWERS: Answers = {
  entries: {
    notes: null,
    'notes and places':
      'A phone that comes out of a tunnel gets 60 places of five minutes, one after the other, and the note behind them. Of a place, only the newest counts: it is a state.',
    nothing: 'A note that was on its way when the line broke is then gone, and no number says so.',
  },
  place: {
    'a cursor': null,
    'the time of the last note':
      'Two notes may carry the same millisecond, and one that was begun earlier may be written later: behind the reader’s back.',
    'not at all': 'Then the server sends all again or nothing, and the page cannot tell which.',
  },
  gone: {
    'say that there is a gap': null,
    'go on from what there is':
      'The customer reads “no, the other door” without the note before it, and does not know.',
    'close the line': 'The client comes back with the same cursor, and is closed again, for ever.',
  },
  retry: {
    'by a name from the sender': null,
    'by its text': 'A courier who writes “2 minutes” twice within an hour means it twice.',
    'by the number that the server gave':
      'The retry is needed where the answer was lost, and the number was in that answer.',
  },
  read: {
    'when a visible page says up to which number': null,
    'when the server has sent it':
      'What is written to a socket may lie in a buffer, on a phone that is in a pocket.',
    'an entry for each note and reader':
      'Each entry goes to all who are in the conversation. A number for each reader says the same, and the larger one wins.',
  },
  unknown: {
    'count it, and show that it cannot': null,
    'leave it out':
      'Its cursor then stands still or jumps, and its user does not know that something was said.',
    'close the line':
      'An app of last year that can show nine of ten notes is worth more than one that can show none.',
  },
  transport: {
    'short polling':
      '40,000 pages that ask every 5 s are 8,000 requests a second, most of them with a whole head for one place.',
    'server-sent events': null,
    WebSocket: null,
  },
}

const NAMES: Readonly<Record<Choice, string>> = {
  entries: '1: what must arrive is an entry, and what only the newest counts of is a state',
  place: '2: a client that comes back says its place',
  gone: '3: a place that is gone is told',
  retry: '4: a note that is sent again is known',
  read: '5: read is said by a reader',
  unknown: '6: an old app goes on working',
  transport: 'the transport carries it at a price that can be paid',
}

export default exercise<Work>(
  ['design'],
  [
    ...(Object.keys(ANSWERS) as Choice[]).map((choice) => ({
      name: NAMES[choice],
      run({ design }: Work) {
        const given: string = design()?.[choice]
        const answers: Readonly<Record<string, string | null>> = ANSWERS[choice]
        wanted(
          Object.hasOwn(answers, given),
          `${choice}: “${given}” is none of the choices`,
          `They are: ${Object.keys(answers).join(' · ')}`,
        )
        const answer = answers[given]
        if (answer) throw new Unmet(`${choice}: “${given}” does not hold\n  ${answer}`)
      },
    })),
    {
      name: 'the figures, reckoned',
      run({ design, ...numbers }) {
        const { COURIERS, CUSTOMERS_OF_EACH, PLACE_EVERY_S, HEARTBEAT_EVERY_S, SPREAD_S } = numbers
        const customers = COURIERS * CUSTOMERS_OF_EACH
        const given = design()
        for (const [name, value, expected, hint] of [
          ['placesIn', given.placesIn, COURIERS / PLACE_EVERY_S, 'Each courier says one place every 5 s.'],
          [
            'placesOut',
            given.placesOut,
            customers / PLACE_EVERY_S,
            'Each place goes to 20 customers: that is fan-out.',
          ],
          [
            'heartbeats',
            given.heartbeats,
            customers / HEARTBEAT_EVERY_S,
            'Each of 40,000 lines gets one every 15 s.',
          ],
          [
            'returning',
            given.returning,
            customers / SPREAD_S,
            '40,000 come back, spread evenly over 20 s. The server must take that many handshakes besides its usual work.',
          ],
        ] as const)
          wanted(
            Math.abs(value - expected) <= 1,
            `${name} is ${value} a second, which does not follow from the case`,
            hint,
          )
      },
    },
  ],
)
