import { expect, test } from 'vitest'
import { parseDraft } from '../../../lab/wire/codec.ts'
import { SIZE } from '../../page/slider-settings.ts'
import { payload } from './payload.ts'

test.each([SIZE.min, 17, 63, 64, 1_000, SIZE.max])('is exactly %i bytes, and the hub takes it', (bytes) => {
  for (const number of [1, 9, 10, 999_999]) {
    const text = payload(number, bytes)
    expect(new TextEncoder().encode(text)).toHaveLength(bytes)
    expect(text.startsWith(`#${number} `)).toBe(true)
    expect(parseDraft({ draftId: '-', author: '-', text }).text).toBe(text)
  }
})
