/** Numbers, bytes and durations as people read them. One place, so that page and report say them alike. */

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })

/** 12,345 */
export const number = (value: number): string => plain.format(value)

/** 12 bytes, 1.2 kB, 1.05 MB: in thousands, as disks are sold. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} ${count === 1 ? 'byte' : 'bytes'}`
  const [unit, name] = count < 999_500 ? [1_000, 'kB'] : [1_000_000, 'MB']
  return `${Number((count / unit).toPrecision(3))} ${name}`
}

/** A duration as a person reads it: 8.4 ms, 84 ms, 1.24 s. Three digits; a fourth would be noise. */
export function milliseconds(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  return `${Number((ms / 1_000).toPrecision(3))} s`
}
