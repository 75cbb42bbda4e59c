import { describe, expect, it } from 'vitest'
import { quote, quoteFrom } from './source.ts'

const SOURCE = `/** A room. */
export class Room {
  /**
   * Says it.
   */
  say(text: string): string {
    return text
  }

  get size(): number {
    return 0
  }
}

export const asBody = wrap(
  (page) => page,
  1,
)

export function outer({
  a,
}: Options): void {
  inner()

  /** Deep. */
  function inner() {
    if (a) {
      return
    } else {
      return
    }
  }
}

type Options = { a: boolean }

start(late, () => {
  begin(
    1,
  )
})

async function start(
  a: number,
): Promise<void> {
  late(a)
}

const late = start
const roomy = 1
`

describe('a quotation by name', () => {
  const text = (name: string) => quoteFrom(SOURCE, name).text

  it('is a whole declaration with its comment', () => {
    expect(text('Room')).toMatch(/^\/\*\* A room\. \*\/\nexport class Room \{[\s\S]*\n\}$/)
    expect(text('asBody')).toBe('export const asBody = wrap(\n  (page) => page,\n  1,\n)')
    expect(text('Options')).toBe('type Options = { a: boolean }')
  })
  it('is a method or an inner function, set back to the margin', () => {
    expect(text('Room.say')).toBe('/**\n * Says it.\n */\nsay(text: string): string {\n  return text\n}')
    expect(text('Room.size')).toBe('get size(): number {\n  return 0\n}')
    expect(text('outer.inner')).toMatch(/^\/\*\* Deep\. \*\/\nfunction inner\(\) \{\n {2}if/)
    expect(text('outer.inner')).toMatch(/\n\}$/)
  })
  it('goes on behind parameters that take several lines', () => {
    expect(text('outer').split('\n')).toHaveLength(14)
  })
  it('is the declaration and not a call, even if the call comes first', () => {
    expect(text('start')).toBe('async function start(\n  a: number,\n): Promise<void> {\n  late(a)\n}')
    expect(text('late')).toBe('const late = start')
  })
  it('knows its lines', () => {
    expect(quoteFrom(SOURCE, 'Options')).toMatchObject({ from: 35, to: 35 })
  })
  it('does not take a call, a part of a name, or a thing elsewhere for the declaration', () => {
    for (const name of ['wrap', 'room', 'Room.inner', 'outer.say', 'text', 'begin']) {
      expect(() => text(name), name).toThrow(`the file declares no ${name}`)
    }
  })
})

it('quotes the real source', () => {
  expect(quote('lab/hub/room.ts#Room.publish').text).toMatch(
    /^\/\*\*[\s\S]*publish\(draft: SignedDraft, bytes\?: Uint8Array\)[\s\S]*return refusal\(error as Error\)\n {2}\}\n\}$/,
  )
  expect(quote('lab/client/chat-client.ts#createChatClient.run').text).toContain('async function run(')
})

describe('a part of a declaration', () => {
  const place = 'lab/hub/room.ts#Room.accept'

  it('goes from the line with the first words to the next with the last, and knows its lines', () => {
    const whole = quote(place)
    const part = quote(`${place} from "const pending =" to "const known ="`)
    expect(part.text.split('\n')).toHaveLength(2)
    expect(part.text).toMatch(/^const pending = .*\nconst known = /)
    expect(part.from).toBe(
      whole.from + whole.text.split('\n').findIndex((line) => /const pending/.test(line)),
    )
    expect(part.to).toBe(part.from + 1)
  })

  it('closes what it has opened', () => {
    const part = quote(`${place} from "if (known) {" to "this draftId was already"`)
    expect(part.text).toMatch(/^if \(known\) \{[\s\S]*\n\}$/)
    expect(part.to).toBe(part.from + part.text.split('\n').length - 1)
  })

  it('is an error when its words are gone, or say too little', () => {
    expect(() => quote(`${place} from "const nowhere" to "x"`)).toThrow('has 0 lines with "const nowhere"')
    expect(() => quote(`${place} from "const" to "x"`)).toThrow(/has [2-9] lines with "const"/)
    expect(() => quote(`${place} from "const pending =" to "nowhere"`)).toThrow('has no line with "nowhere"')
  })
})

it('names a file that is not there', () => {
  expect(() => quote('lab/nowhere.ts#x')).toThrow('there is no file lab/nowhere.ts')
})
