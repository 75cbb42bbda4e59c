/** The code in the documents is the code in the source. */
import { describe, expect, it } from 'vitest'
import { textOf } from '../../lab/verify/rules/source-files.ts'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { quote } from './render/source.ts'
import { SYNCED, synced } from './sync.ts'
import { withTables } from './tables.ts'

it.each(SYNCED)(
  'every quotation and table in %s is what stands in the source (npm run docs:sync)',
  (file) => {
    const markdown = textOf(file)
    expect(synced(file, markdown)).toBe(markdown)
  },
)

it('there are quotations', () => {
  const count =
    SYNCED.map(textOf)
      .join('\n')
      .match(/^```ts \S+#\S+$/gm)?.length ?? 0
  expect(count).toBeGreaterThan(10)
})

describe('a quotation', () => {
  const fenced = (reference: string, text: string) => `# T\n\n\`\`\`ts ${reference}\n${text}\n\`\`\`\n\nend\n`

  it('that has drifted is updated, and nothing else', () => {
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

describe('a table', () => {
  it('has a row for each transport', () => {
    for (const name of ['lines', 'silence']) {
      const rows = withTables(`<!-- table:${name} -->\n<!-- /table -->\n`).match(
        /^\| (\[?[a-z][\w-]*\b).*$/gm,
      )
      expect(rows?.map((row) => /[a-z][\w-]*/.exec(row)![0])).toEqual([...TRANSPORTS])
    }
  })
  it('says how long silence lasts as the server halves say it: a poll, a hold, and two heartbeats', () => {
    const text = withTables('<!-- table:silence -->\n<!-- /table -->\n')
    expect(text).toMatch(/^\| short-polling \| .* each 10 s \| 15 s \| 25 s \|$/m)
    expect(text).toMatch(/^\| long-polling \| .* \| `wait` and 5 s \| `wait` and 15 s \|$/m)
    expect(text).toMatch(/^\| sse \| .* each 15 s \| 20 s \| 30 s \|$/m)
    expect(text).toMatch(/^\| websocket \| .* each 15 s \| 20 s \| 30 s \|$/m)
  })
  it('that does not exist is named', () => {
    expect(() => withTables('<!-- table:pigeons -->\n<!-- /table -->\n')).toThrow(
      "there is no table 'pigeons'",
    )
  })
})
