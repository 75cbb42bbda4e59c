/** The code in the documents is the code in the source. */
import { describe, expect, it } from 'vitest'
import { filesIn, textOf } from '../../lab/verify/rules/source-files.ts'
import { quote } from './render/source.ts'
import { synced } from './sync.ts'

const documents = filesIn(['docs'], '.md')

it.each(documents)('every quotation in %s is what stands in the source (npm run docs:sync)', (file) => {
  const markdown = textOf(file)
  expect(synced(file, markdown)).toBe(markdown)
})

it('there are quotations', () => {
  const count =
    documents
      .map(textOf)
      .join('\n')
      .match(/^```ts \S+#\S+$/gm)?.length ?? 0
  expect(count).toBeGreaterThan(10)
})

describe('a quotation', () => {
  const fenced = (reference: string, text: string) => `# T\n\n\`\`\`ts ${reference}\n${text}\n\`\`\`\n\nend\n`

  it('that has drifted is written anew, and nothing else', () => {
    const { text } = quote('lab/client/backoff.ts#backoff')
    expect(synced('x.md', fenced('lab/client/backoff.ts#backoff', 'old'))).toBe(
      fenced('lab/client/backoff.ts#backoff', text),
    )
  })
  it('whose source is gone is named with its line', () => {
    expect(() => synced('x.md', fenced('lab/client/backoff.ts#forward', 'old'))).toThrow(
      'x.md:3: lab/client/backoff.ts declares no forward',
    )
  })
})
