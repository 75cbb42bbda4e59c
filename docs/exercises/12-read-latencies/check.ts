import { exercise, same } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

export default exercise<Work>(
  ['latency', 'quantile', 'quantileOfRuns'],
  [
    {
      name: 'a latency begins when the request was due',
      run({ latency }) {
        same('one that was sent in time', latency({ dueAt: 100, sentAt: 100, answeredAt: 105 }), 5)
        same(
          'one that was due at 100, held up until 900 and answered at 905',
          latency({ dueAt: 100, sentAt: 900, answeredAt: 905 }),
          805,
          'Who came at 100 has waited since 100.',
        )
      },
    },
    {
      name: 'numbers are sorted as numbers',
      run({ quantile }) {
        const middle = quantile([9, 100, 8, 10, 1_000], 0.5)
        // As text they stand 10, 100, 1000, 8, 9; as numbers 8, 9, 10, 100, 1000.
        const hint =
          middle === 1_000 || middle === 8
            ? 'As text, “9” comes after “10” and “100”.'
            : 'Sorted, they are 8, 9, 10, 100, 1000. The third has the index 2.'
        same('the middle one of 9, 100, 8, 10, 1000', middle, 10, hint)
      },
    },
    {
      name: 'a quantile is one that was measured, at its place',
      run({ quantile }) {
        const hundred = Array.from({ length: 100 }, (_, i) => 100 - i)
        const hint = 'Place ⌈q · n⌉ is counted from 1. An index is counted from 0.'
        same('the median of 1 to 100', quantile([...hundred], 0.5), 50, hint)
        same('the p99 of 1 to 100', quantile([...hundred], 0.99), 99, hint)
        same('the largest of 1 to 100', quantile([...hundred], 1), 100, hint)
        same('the median of one', quantile([7], 0.5), 7, hint)
      },
    },
    {
      name: 'the list stays as it was',
      run({ quantile }) {
        const latencies = [3, 1, 2]
        quantile(latencies, 0.5)
        same(
          'the list afterwards',
          latencies,
          [3, 1, 2],
          '`sort` sorts the list itself; `toSorted` makes a new one.',
        )
      },
    },
    {
      name: 'a stall of a second is seen in the p99',
      run({ latency, quantile }) {
        // One request each 10 ms; at 1,000 ms the server stalls for a second, and the generator with it.
        const requests = Array.from({ length: 500 }, (_, i) => {
          const dueAt = i * 10
          const sentAt = dueAt >= 1_000 && dueAt < 2_000 ? 2_000 : dueAt
          return { dueAt, sentAt, answeredAt: sentAt + 1 }
        })
        same('the p99 of 500 requests, of which 100 had to wait', quantile(requests.map(latency), 0.99), 951)
      },
    },
    {
      name: 'runs are put together, not averaged',
      run({ quantileOfRuns }) {
        const quick = Array.from({ length: 990 }, () => 1)
        const slow = Array.from({ length: 5 }, () => 1_000)
        // Two of three runs are slow: neither their mean nor their middle nor their worst is the answer.
        for (const [name, q] of [
          ['median', 0.5],
          ['p99', 0.99],
        ] as const)
          same(
            `the ${name} of a run of 990 latencies of 1 ms and two of five of 1,000 ms`,
            quantileOfRuns([quick, slow, slow], q),
            1,
            `Of 1,000 latencies, 990 are 1 ms. What is reckoned from three ${name}s is the ${name} of nothing.`,
          )
      },
    },
  ],
)
