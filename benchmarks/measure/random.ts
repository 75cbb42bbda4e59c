/** Orders drawn by chance that a seed repeats. */
/** A new order of the same items (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const all = [...items]
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const one = all[i]!
    all[i] = all[j]!
    all[j] = one
  }
  return all
}
