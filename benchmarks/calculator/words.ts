/** Amounts in words, in the sizes that the calculator meets: from a byte to terabytes. */

/** 12,345: whole things. */
export const count = (value: number): string => Math.round(value).toLocaleString('en')

/** Three digits that mean something: 0.00123, 1.23, 123, 12,300. */
export function round(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  const rounded = Number(value.toPrecision(3))
  return rounded.toLocaleString('en', { maximumSignificantDigits: 3 })
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Powers of 1,000, as networks and disks are sold. */
export function bytes(value: number): string {
  let size = 0
  let left = value
  while (left >= 999.5 && size < SIZES.length - 1) {
    left /= 1_000
    size++
  }
  return `${round(left)} ${SIZES[size]}`
}

export function cores(value: number): string {
  if (value < 0.9995) return `${round(value * 100)} % of a core`
  return `${round(value)} ${round(value) === '1' ? 'core' : 'cores'}`
}

export function duration(ms: number): string {
  if (ms < 1) return `${round(ms * 1_000)} µs`
  if (ms < 1_000) return `${round(ms)} ms`
  return ms < 60_000 ? `${round(ms / 1_000)} s` : `${round(ms / 60_000)} min`
}

export const perSecond = (value: number): string => `${round(value)}/s`
