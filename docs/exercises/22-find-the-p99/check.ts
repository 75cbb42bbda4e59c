import { createRandom } from '../../../lab/wire/random.ts'
import { exercise, same } from '../runner/check.ts'
import type { Part, Timed } from './solution.ts'

type Work = typeof import('./solution.ts')

interface Own extends Partial<Omit<Timed, 'dueAt' | 'begunAt'>> {
  readonly waiting?: number
}

/**
 * A thousand requests, each some ms apart, mixed by chance.
 *
 * @param ownOf what is not ordinary in the one of that number
 */
function thousand(ownOf: (n: number) => Own, ordinary: Own = {}): Timed[] {
  const random = createRandom(22)
  const requests = Array.from({ length: 1_000 }, (_, n) => {
    const dueAt = n * 7
    const jitter = () => 0.8 + 0.4 * random()
    const { waiting = 0.2, read = 0.3, append = 0.5, send = 2 } = { ...ordinary, ...ownOf(n) }
    return {
      dueAt,
      begunAt: dueAt + waiting * jitter(),
      read: read * jitter(),
      append: append * jitter(),
      send: send * jitter(),
    }
  })
  return requests
    .map((request) => ({ request, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ request }) => request)
}

const eachEightieth = (own: Own) => (n: number) => (n % 80 === 0 ? own : {})

function expectPart({ whatMakesTheTail }: Work, what: string, requests: Timed[], part: Part, hint: string) {
  same(`what makes the tail ${what}`, whatMakesTheTail(requests), part, hint)
}

export default exercise<Work>(
  ['whatMakesTheTail'],
  [
    {
      name: 'the part that is slow in the slow ones, and not the one that is largest in all',
      run(work) {
        for (const part of ['read', 'append', 'send'] as const)
          expectPart(
            work,
            `when each eightieth ${part} takes 150 ms`,
            thousand(eachEightieth({ [part]: 150 }), { send: 4 }),
            part,
            'Look at the slowest hundredth alone.',
          )
      },
    },
    {
      name: 'a request that began late has waited, and no part of it shows that',
      run(work) {
        // Every 2.8 s something else holds the event loop for 200 ms.
        const held = thousand((n) => (n % 400 < 28 ? { waiting: 200 - (n % 400) * 7 } : {}))
        expectPart(
          work,
          'when the event loop is held',
          held,
          'waiting',
          'From dueAt to begunAt it waited; that is part of its time.',
        )
      },
    },
    {
      name: 'what is always slow makes no difference',
      run(work) {
        expectPart(
          work,
          'when each send takes 60 ms, and each eightieth append 40',
          thousand(eachEightieth({ append: 40 }), { send: 60 }),
          'append',
          'Subtract what the part takes in an ordinary request.',
        )
      },
    },
    {
      name: 'one that took a minute does not drown the rest',
      run(work) {
        expectPart(
          work,
          'when one read took a minute, and each eightieth append 150 ms',
          thousand((n) => (n === 501 ? { read: 60_000 } : eachEightieth({ append: 150 })(n))),
          'append',
          'A mean is moved by one freak. A median is not.',
        )
      },
    },
    {
      name: 'fifty requests have a tail of one',
      run(work) {
        expectPart(
          work,
          'of fifty, of which one append took 150 ms',
          thousand(eachEightieth({ append: 150 })).filter(({ dueAt }) => dueAt <= 49 * 7),
          'append',
          'A hundredth of fifty is none: take at least one.',
        )
      },
    },
    {
      name: 'the list stays as it was',
      run({ whatMakesTheTail }) {
        const requests = thousand(eachEightieth({ read: 100 }))
        const before = requests.map(({ dueAt }) => dueAt)
        whatMakesTheTail(requests)
        same(
          'whether it stands in its old order',
          requests.every(({ dueAt }, n) => dueAt === before[n]),
          true,
          '`toSorted` makes a new one.',
        )
      },
    },
  ],
)
