/** The small helpers that everything stands on: names, clock, chance and types of files. */
import { describe, expect, it } from 'vitest'
import { base36 } from './base36.ts'
import { systemClock } from './clock.ts'
import { FILE_TYPES, isFileName, isImage } from './file-types.ts'
import { anySeed, between, createRandom } from './random.ts'

describe('base36', () => {
  it('makes one character of each byte, of a-z and 0-9', () => {
    expect(base36(Uint8Array.of(0, 9, 10, 35, 36, 71, 255))).toBe('09az0z3')
    const all = base36(Uint8Array.from({ length: 256 }, (_, byte) => byte))
    expect(all).toMatch(/^[a-z0-9]{256}$/)
    expect(new Set(all).size).toBe(36)
  })
  it('makes nothing of nothing', () => expect(base36(new Uint8Array())).toBe(''))
})

describe('the system’s clock', () => {
  it('never goes backwards', () => {
    const times = Array.from({ length: 1_000 }, () => systemClock.now())
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })
  it('does what it was told after so long, once, and not what was cancelled', async () => {
    const done: string[] = []
    const began = systemClock.now()
    const cancel = systemClock.after(1, () => done.push('cancelled'))
    cancel()
    await new Promise<void>((resolve) => {
      systemClock.after(5, () => {
        done.push('done')
        systemClock.after(5, resolve)
      })
    })
    expect(done).toEqual(['done'])
    expect(systemClock.now() - began).toBeGreaterThanOrEqual(9)
  })
})

describe('chance', () => {
  it('is the same for the same seed, and another for another', () => {
    const drawn = (seed: number) => Array.from({ length: 5 }, createRandom(seed))
    expect(drawn(7)).toEqual(drawn(7))
    expect(drawn(7)).not.toEqual(drawn(8))
  })
  it('is spread evenly from 0 up to, not including, 1', () => {
    const random = createRandom(1)
    const tenths = new Array<number>(10).fill(0)
    for (let i = 0; i < 10_000; i++) {
      const value = random()
      expect(value >= 0 && value < 1).toBe(true)
      tenths[Math.floor(value * 10)]!++
    }
    expect(Math.min(...tenths)).toBeGreaterThan(850)
    expect(Math.max(...tenths)).toBeLessThan(1_150)
  })
  it('between two numbers has both of them', () => {
    const random = createRandom(3)
    const drawn = new Set(Array.from({ length: 200 }, () => between(random, 2, 4)))
    expect([...drawn].sort()).toEqual([2, 3, 4])
  })
  it('has a seed that can be typed again', () => {
    for (let i = 0; i < 100; i++) expect(String(anySeed())).toMatch(/^[1-9]\d{0,5}$/)
  })
})

describe('the type of a file', () => {
  const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
  const samples: Readonly<Record<string, Uint8Array>> = {
    'image/png': bytesOf('\x89PNG\r\n\x1a\n…'),
    'image/jpeg': bytesOf('\xff\xd8\xff\xe0'),
    'image/gif': bytesOf('GIF89a'),
    'image/webp': bytesOf('RIFF\x00\x00\x00\x00WEBPVP8 '),
    'application/pdf': bytesOf('%PDF-1.7'),
    'text/plain': new TextEncoder().encode('grüß dich\n\ttab'),
  }
  it('is told by the first bytes, and each sample is of its own type alone, but for what is text as well', () => {
    expect(Object.keys(samples).sort()).toEqual([...FILE_TYPES.keys()].sort())
    for (const [type, bytes] of Object.entries(samples)) {
      const fitting = [...FILE_TYPES].flatMap(([name, { fits }]) => (fits(bytes) ? name : []))
      expect(fitting.filter((name) => name !== 'text/plain' || type === 'text/plain')).toEqual([type])
    }
  })
  it.each(Object.keys(samples).filter((type) => type !== 'text/plain'))(
    '%s is not that of a file cut short',
    (type) => {
      expect(FILE_TYPES.get(type)!.fits(samples[type]!.slice(0, 2))).toBe(false)
      expect(FILE_TYPES.get(type)!.fits(new Uint8Array())).toBe(false)
    },
  )
  it('is no text with control characters, or that is no UTF-8', () => {
    const { fits } = FILE_TYPES.get('text/plain')!
    expect(fits(bytesOf('a\0b'))).toBe(false)
    expect(fits(Uint8Array.of(0xff, 0xfe))).toBe(false)
    expect(fits(new Uint8Array())).toBe(true)
  })
  it('lets a page show pictures and nothing else', () => {
    expect([...FILE_TYPES.keys()].filter(isImage).sort()).toEqual([
      ...['image/gif', 'image/jpeg', 'image/png', 'image/webp'],
    ])
    expect(isImage('image/svg+xml')).toBe(false)
  })
  it('does not make a path a name', () => {
    expect(['a.png', '..', 'a b'].map(isFileName)).toEqual([true, true, true])
    expect(['a/b.png', 'a\\b.png', '/'].map(isFileName)).toEqual([false, false, false])
  })
})
