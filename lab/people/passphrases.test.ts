/** What a passphrase must be, and how many are hashed at once. */
import { verify } from '@node-rs/argon2'
import { describe, expect, it, vi } from 'vitest'
import { ChatError } from '../wire/errors.ts'
import { parseNewPassphrase } from './passphrases.ts'

// As it is, with its calls counted.
vi.mock('@node-rs/argon2', async (load) => {
  const real = await load<typeof import('@node-rs/argon2')>()
  return { ...real, hash: vi.fn(real.hash), verify: vi.fn(real.verify) }
})

describe('a passphrase that is chosen', () => {
  it.each([undefined, 7, '', 'short', 'fourteen chars', '🦀'.repeat(14), 'x'.repeat(257)])(
    '%j is refused',
    (phrase) => expect(() => parseNewPassphrase(phrase, 'Ada')).toThrow(ChatError),
  )
  it('is refused when it is little more than the name', () => {
    expect(() => parseNewPassphrase('Ada Lovelace Ada Lovelace 1', 'Ada Lovelace')).toThrow(
      /more than the name/,
    )
  })
  it.each(['fifteen chars !', '🦀'.repeat(15), 'x'.repeat(256)])('%j is taken', (phrase) =>
    expect(parseNewPassphrase(phrase, 'Ada')).toBe(phrase),
  )
})

describe('hashing', async () => {
  // Other files of this process may have loaded it, with the real one.
  vi.resetModules()
  const { createPassphrases } = await import('./passphrases.ts')

  it('fits the passphrase that was hashed, no other one, and no unknown name', async () => {
    const { hash, fits } = createPassphrases()
    const kept = await hash('correct horse battery')
    expect(await hash('correct horse battery')).not.toBe(kept) // salted
    expect(await fits(kept, 'correct horse battery')).toBe(true)
    expect(await fits(kept, 'correct horse batterY')).toBe(false)
    expect(await fits(await hash('cafe\u0301, cafe\u0301'), 'café, café'), 'from another keyboard').toBe(true)
    expect(await fits(null, 'correct horse battery')).toBe(false)
  })

  it('does the same work for a name that no person has', async () => {
    const { hash, fits } = createPassphrases()
    const kept = await hash('correct horse battery')
    await fits(kept, 'a first one, for both')
    for (const one of [kept, null]) {
      vi.mocked(verify).mockClear()
      await fits(one, 'wrong horse battery')
      const [[against, said] = []] = vi.mocked(verify).mock.calls
      expect(vi.mocked(verify)).toHaveBeenCalledTimes(1)
      expect(String(against).split('$').slice(0, 4)).toEqual(kept.split('$').slice(0, 4)) // the same cost
      expect(said).toBe('wrong horse battery')
    }
  })

  it('takes its turn, and turns away those who would wait too long', async () => {
    const { hash } = createPassphrases()
    const all = await Promise.allSettled(Array.from({ length: 70 }, () => hash('correct horse battery')))
    const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason as ChatError] : []))
    expect(refused).toHaveLength(70 - 60 - 2)
    expect(refused[0]).toMatchObject({ code: 'too-many-requests', retryAfterS: 2 })
    expect(await hash('and then it is free again')).toContain('$argon2id$')
  })
})
