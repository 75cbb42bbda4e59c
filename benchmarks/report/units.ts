/** Figures as people read them: three digits that mean something, and the unit that suits. */
import type { Figure } from '../run-file.ts'

export function inWords(value: number, unit: Figure['unit']): string {
  if (!Number.isFinite(value)) return '–'
  if (unit === 'B' && value >= 10_000) return `${digits(value / 1_000)} kB`
  if (unit === '1/s' && value >= 10_000) return `${digits(value / 1_000)} k/s`
  if (unit === 'ms' && value >= 10_000) return `${digits(value / 1_000)} s`
  if (unit === '1/s') return `${digits(value)}/s`
  if (unit === '1') return digits(value)
  return `${digits(value)} ${unit}`
}

export function digits(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(size >= 10 ? 1 : size >= 0.995 ? 2 : 3)
}

export function loadInWords(at: Figure['at']): string {
  const words = Object.entries(at).map(([name, value]) =>
    typeof value === 'number' ? `${name} ${value.toLocaleString('en')}` : `${name} ${value}`,
  )
  return words.join(', ').replaceAll('-per-second', '/s')
}
