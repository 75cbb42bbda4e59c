/** Chance that can be repeated: one seed gives one run. Small and fast, not for secrets (mulberry32). */
export type Random = () => number

/** @returns numbers from 0 up to, not including, 1 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number from `least` to `most`, both included. */
export const between = (random: Random, least: number, most: number) =>
  least + Math.floor(random() * (most - least + 1))

/** A seed for a run that did not ask for one: at most six digits, so that it can be typed again. */
export const anySeed = () => 1 + Math.floor(Math.random() * 999_999)
