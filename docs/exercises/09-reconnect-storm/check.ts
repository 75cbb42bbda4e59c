import { createRandom } from '../../../lab/wire/random.ts'
import { exercise, same, shown, wanted } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

const CROWD = 1_000
/** Into so many parts the longest wait is cut. */
const SLOTS = 40

export default exercise<Work>(
  ['waitBefore'],
  [
    {
      name: 'a crowd comes back spread out',
      run({ waitBefore }) {
        const random = createRandom(11)
        const longest = waitBefore(3, () => 0.999)
        wanted(
          longest > 0,
          `when random() gives 0.999, the wait before attempt 3 is ${shown(longest)}`,
          Number.isNaN(longest)
            ? 'NaN is not a number: `random` is a function, and `random()` is what it gives.'
            : 'It should be a number of milliseconds, greater than 0.',
        )
        const slotMs = longest / SLOTS
        const slots = new Map<number, number>()
        for (let client = 0; client < CROWD; client++) {
          const slot = Math.floor(waitBefore(3, random) / slotMs)
          slots.set(slot, (slots.get(slot) ?? 0) + 1)
        }
        const most = Math.max(...slots.values())
        wanted(
          most < 60,
          `of ${CROWD} clients, ${most} come back within the same ${Math.round(slotMs)} ms`,
          'Chance must decide over the whole wait: about 25 of them would be even.',
        )
      },
    },
    {
      name: 'the bound doubles with each failure',
      run({ waitBefore }) {
        const [one, other] = [waitBefore(0, () => 0.5), waitBefore(0, () => 0.5)]
        wanted(
          one === other,
          `for the same random() it waits ${shown(one)} and then ${shown(other)}`,
          'Use the random() that is handed in, and no other: a test must be able to decide what chance does.',
        )
        for (const [attempt, bound] of [500, 1_000, 2_000, 4_000, 8_000].entries()) {
          same(
            `the wait before attempt ${attempt}, when random() gives 0.5`,
            waitBefore(attempt, () => 0.5),
            bound / 2,
            `The bound of attempt ${attempt} is ${bound}. (2 to the power of n is \`2 ** n\`; \`^\` is something else.)`,
          )
        }
      },
    },
    {
      name: 'the bound has an end',
      run({ waitBefore }) {
        for (const attempt of [5, 10, 100, 10_000]) {
          same(
            `the wait before attempt ${attempt}, when random() gives 0.5`,
            waitBefore(attempt, () => 0.5),
            7_500,
            'The bound ends at CAP_MS, and chance comes after that: `Math.min` first.',
          )
        }
      },
    },
    {
      name: 'the wait goes from nothing to the bound',
      run({ waitBefore }) {
        same(
          'the wait before attempt 2, when random() gives 0',
          waitBefore(2, () => 0),
          0,
        )
        const unluckiest = waitBefore(2, () => 0.999)
        wanted(
          unluckiest > 1_990 && unluckiest < 2_000,
          `the wait before attempt 2, when random() gives 0.999, is ${unluckiest}; it should be a little less than 2000`,
        )
      },
    },
  ],
)
