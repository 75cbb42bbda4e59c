/** What a name may be made of. */
import { describe, expect, it } from 'vitest'
import { parseDraft, parseMessage } from './codec.ts'
import { hidesSomething, withoutHidden } from './names.ts'

describe('a name that hides nothing', () => {
  it.each([
    ['Latin', 'Zoë O’Brien-Ngũgĩ'],
    ['Hebrew', 'דנה'],
    ['Chinese', '李小龙'],
    ['Persian, with a joiner that keeps two letters apart', 'علی\u200cرضا'],
    ['Sinhala, with a joiner within a conjunct', 'ශ්\u200dරී'],
    ['Malayalam, with a joiner at the end of the word', 'അവന്\u200d'],
    ['Mongolian, with a variation', 'ᠭ\u180b'],
    ['Han, with the variant of one family', '葛\u{e0100}城'],
    ['a heart in colour', '❤\ufe0f'],
    ['an astronaut, several emoji in one', '👩🏽\u200d🚀'],
    ['a family', '👨\u200d👩\u200d👧\u200d👦'],
    ['a pirate flag', '🏴\u200d☠\ufe0f'],
    ['the flag of Scotland', '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
    ['a key', '1\ufe0f\u20e3'],
  ])('%s', (_what, name) => {
    expect(hidesSomething(name)).toBe(false)
    expect(withoutHidden(name)).toBe(name)
  })
})

describe('a name that hides something, and what is left of it', () => {
  it.each([
    ['a zero-width space', 'A\u200bda', 'Ada'],
    ['a zero-width space at the end', 'Ada\u200b', 'Ada'],
    ['a joiner between Latin letters', 'A\u200dda', 'Ada'],
    ['a non-joiner between Latin letters', 'A\u200cda', 'Ada'],
    ['a word joiner', 'A\u2060da', 'Ada'],
    ['a soft hyphen', 'A\u00adda', 'Ada'],
    ['a byte order mark', '\ufeffAda', 'Ada'],
    ['an override of direction', '\u202eadA', 'adA'],
    ['an isolate that is never closed', 'A\u2067da', 'Ada'],
    ['a mark of direction', 'Ada\u200f', 'Ada'],
    ['an Arabic mark of direction', 'Ada\u061c', 'Ada'],
    ['a filler', 'Ada\u3164', 'Ada'],
    ['Braille’s blank', 'Ada\u2800', 'Ada'],
    ['a line separator', 'A\u2028da', 'Ada'],
    ['a variation of nothing', 'Ada\ufe0f', 'Ada'],
    ['tags', 'Ada\u{e0061}\u{e0064}', 'Ada'],
    ['a joiner after the last emoji', '👩\u200d', '👩'],
    ['half a character', 'Ada \ud83d', 'Ada '],
  ])('%s', (_what, name, left) => {
    expect(hidesSomething(name)).toBe(true)
    expect(withoutHidden(name)).toBe(left)
    expect(hidesSomething(left)).toBe(false)
  })
})

it('what is left of a control character is what is around it', () => {
  expect(withoutHidden('a\nb\u0007')).toBe('ab')
})

describe('a name that is older than the rule', () => {
  const old = 'A\u200bda'
  it('is still its holder’s to write under', () => {
    expect(parseDraft({ draftId: 'd', text: 'hi' }, old).author).toBe(old)
    expect(parseDraft({ draftId: 'd', author: old, text: 'hi' }, old).author).toBe(old)
    expect(() => parseDraft({ draftId: 'd', author: old, text: 'hi' }, 'Bob')).toThrow(
      /author must be made of/,
    )
    expect(() => parseDraft({ draftId: 'd', text: 'hi' })).toThrow(/author must be/)
  })
  it('is still read', () => {
    const message = { draftId: 'd', author: old, text: 'hi', seq: 1, publishedAt: 0 }
    expect(parseMessage(message)).toEqual(message)
  })
})
