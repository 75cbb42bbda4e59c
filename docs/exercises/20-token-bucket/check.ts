import { exercise, same, wanted } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

/** Begins at a time that is no whole second. */
function buckets({ createBuckets }: Work) {
  let now = 12_345
  const made = createBuckets(() => now)
  return {
    made,
    pass(ms: number) {
      now += ms
    },
    /** How many of `count` messages at once may pass. */
    passing: (writer: string, count: number) =>
      Array.from({ length: count }, () => made.take(writer)).filter((wait) => wait === 0).length,
  }
}

export default exercise<Work>(
  ['createBuckets'],
  [
    {
      name: 'a burst may pass, and no more than that',
      run(work) {
        const { passing } = buckets(work)
        same('messages of 30 at once that may pass', passing('Ada', 30), work.BURST)
        same(
          'messages of another writer that may pass',
          passing('Bob', 3),
          3,
          'Each has a bucket of its own.',
        )
      },
    },
    {
      name: 'no second in which two bursts pass',
      run(work) {
        const { pass, passing } = buckets(work)
        pass(600) // 12,945: shortly before the border of a second
        let count = passing('Ada', 30)
        pass(100)
        count += passing('Ada', 30)
        same(
          'messages that passed within a tenth of a second',
          count,
          work.BURST,
          'A count that begins at 0 with each second forgets what was a moment ago.',
        )
      },
    },
    {
      name: 'tokens drip in evenly, also in parts',
      run(work) {
        const { pass, passing } = buckets(work)
        passing('Ada', work.BURST)
        let count = 0
        for (let n = 0; n < 100; n++) {
          pass(100)
          count += passing('Ada', 3)
        }
        same(
          'messages that passed in 10 s, by a writer that tries each tenth of a second',
          count,
          10 * work.PER_SECOND,
          'Refused tries cost no token, and parts of a token are kept.',
        )
      },
    },
    {
      name: 'a writer that is refused is told when to come again',
      run(work) {
        const { made, pass, passing } = buckets(work)
        passing('Ada', work.BURST)
        same('the wait with an empty bucket, in ms', made.take('Ada'), 500)
        pass(200)
        same('the wait 200 ms later', made.take('Ada'), 300)
        pass(299.5)
        same('the wait half a millisecond before', made.take('Ada'), 1, 'Round up: 0 says that it may pass.')
        pass(0.5)
        same('what it got in time', made.take('Ada'), 0)
      },
    },
    {
      name: 'a bucket gets no fuller than full',
      run(work) {
        const { pass, passing } = buckets(work)
        passing('Ada', 1)
        pass(2_000)
        passing('Ada', 1)
        pass(4_000) // eight tokens more would be too many
        same('messages that may pass, when it has dripped over', passing('Ada', 30), work.BURST)
        pass(3_600_000)
        same('messages that may pass after an hour', passing('Ada', 30), work.BURST)
      },
    },
    {
      name: 'a writer that has been quiet is forgotten, and one that has not is not',
      run(work) {
        const { made, pass, passing } = buckets(work)
        for (let n = 0; n < 1_000; n++) passing(`name ${n}`, 1)
        passing('Ada', work.BURST)
        wanted(
          made.size <= 1_001,
          `it remembers ${made.size} writers, and there were 1001`,
          'size is how many there are.',
        )
        pass(4_000)
        same(
          'messages of Ada that may pass after 4 s',
          passing('Ada', 30),
          4 * work.PER_SECOND,
          'Only a bucket that is full may be forgotten: a flood of names must not fill hers.',
        )
        pass(1_500)
        passing('Bob', 1)
        wanted(
          made.size <= 2,
          `5.5 s after the flood it remembers ${made.size} writers`,
          'A bucket that is full again need not be remembered.',
        )
        same('messages of Ada that may pass', passing('Ada', 30), 1.5 * work.PER_SECOND)
      },
    },
    {
      name: 'a flood of names keeps little in memory, and takes little time',
      run(work) {
        const { made, pass } = buckets(work)
        let most = 0
        for (let n = 0; n < 20_000; n++) {
          made.take(`name ${n}`)
          made.take('Ada') // was there first, and does not stop
          pass(10)
          if (n % 100 === 0) most = Math.max(most, made.size)
        }
        wanted(
          most <= 1_000,
          `of 20,000 names, 100 a second, it remembered ${most} at once`,
          'In 5 s come 500; twice as many may be there if you tidy up in one go.',
        )
      },
    },
  ],
)
