/** How a server of a cluster is told how far its wall clock is off (clock.ts): the last word of its command line, in milliseconds. */
export const CLOCK = (ms: number): string => `--clock=${ms}`

export function clockIn(args: readonly string[]): number {
  const [, shift = '0'] = /^--clock=(-?\d+)$/.exec(args.at(-1) ?? '') ?? []
  return Number(shift)
}
