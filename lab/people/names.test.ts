/** Which spellings are one name, and which names no person can have. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChatError } from '../wire/errors.ts'
import { keyOf, parseName, variantOf } from './names.ts'

const codeOf = (act: () => unknown) => {
  try {
    act()
    return null
  } catch (error) {
    return error instanceof ChatError ? error.code : error
  }
}

describe('one name in many spellings', () => {
  it.each([
    ['Ada', 'ada'],
    ['Ada', 'ADA'],
    ['Ada', 'Ａｄａ'], // full width
    ['Ada', '𝐀𝐝𝐚'], // mathematical bold
    ['Ada', ' Ada\u00a0'],
    ['Ada L', 'Ada \u2003  L'],
    ['Ada', 'A\u200bd\u200ca\ufeff'], // zero width
    ['Ada', '\u202eAda\u202c'], // direction
    ['Ada', 'Ada\u3164'], // a filler
    ['Ada', 'Ada\u2800'], // Braille's blank
    ['Ada', 'Ada\u{e0061}'], // a tag
    ['Ada', 'Ada\ufe0f'], // a variation
    ['Zoé', 'Zoe\u0301'],
    ['Straße', 'STRASSE'],
    ['Straße', 'STRAẞE'],
    ['ΣΟΦΟΣ', 'σοφος'],
    ['fish', 'ﬁsh'],
    ['Kelvin', '\u212aelvin'],
  ])('%j and %j', (one, other) => expect(keyOf(one)).toBe(keyOf(other)))

  it.each([
    ['Ada', 'Ada 2'],
    ['Ada', 'Adah'],
    ['Ada', 'Adá'],
    ['Ada', 'Аda'], // a Cyrillic capital: not caught, and said so
  ])('but %j and %j are two', (one, other) => expect(keyOf(one)).not.toBe(keyOf(other)))

  // Not `unit: 'binary'`, which takes seconds to be made ready.
  const anyCharacter = fc
    .integer({ min: 0, max: 0x10ffff - 0x800 })
    .map((n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800))

  it('is the same for what is its own key already', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 20 }), (name) => {
        expect(keyOf(keyOf(name))).toBe(keyOf(name))
      }),
    )
  })
  it('is the same for the key of each letter that has other spellings', () => {
    const wrong: string[] = []
    for (let n = 0; n <= 0x10ffff; n++) {
      const letter = String.fromCodePoint(n)
      if (!/\p{Changes_When_NFKC_Casefolded}/u.test(letter)) continue
      if (keyOf(keyOf(letter)) !== keyOf(letter)) wrong.push(letter)
    }
    expect(wrong).toEqual([])
  })
})

describe('a name that a person asks for', () => {
  it.each([
    [' Ada  Lovelace ', 'Ada Lovelace'],
    ['Zoe\u0301', 'Zoé'],
    ['李小龙', '李小龙'],
    ['👩‍💻', '👩‍💻'],
  ])('%j is shown as %j', (given, shown) => expect(parseName(given)).toBe(shown))

  it.each([undefined, null, 7, {}, ['Ada'], '', ' ', '\u200b', '\u2800', 'a\nb', 'a\0', 'x'.repeat(65)])(
    '%j is refused',
    (name) => expect(codeOf(() => parseName(name))).toBe('bad-person'),
  )
  it.each(['\u202eadA', 'A\u2066da', 'half \ud83d', 'A\u200bda', 'Ada\u00ad', 'Ada\u3164'])(
    '%j is refused: it is shown as something else',
    (name) => expect(codeOf(() => parseName(name))).toBe('bad-person'),
  )
  it.each(['traffic', 'Traffic', 'ＴＲＡＦＦＩＣ', 'host'])('%j is the lab’s own', (name) =>
    expect(codeOf(() => parseName(name))).toBe('name-taken'),
  )
})

describe('a free variant', () => {
  it('is the first one', () => {
    expect(variantOf('Ada', () => true)).toBe('Ada 2')
    expect(variantOf('Ada', (name) => name === 'Ada 7')).toBe('Ada 7')
  })
  it('is none when none is free, or none fits', () => {
    expect(variantOf('Ada', () => false)).toBeNull()
    expect(variantOf('x'.repeat(64), () => true)).toBeNull()
  })
})
