import { describe, expect, it } from 'vitest'
import { drift } from './drift.ts'
import { quote } from './render/source.ts'

const driftOf = (markdown: string) =>
  drift(['x.md'], () => markdown).map(({ file, line, what }) => `${file}:${line}: ${what}`)
const BACKOFF = 'lab/client/backoff.ts#backoff'

describe('what no longer holds', () => {
  it('is nothing in the documents as they are', () => {
    expect(drift()).toEqual([])
  })
  it('is code that has changed since it was quoted, from the line on where it has', () => {
    const [first] = quote(BACKOFF).text.split('\n')
    expect(driftOf(`# A\n\n\`\`\`ts ${BACKOFF}\n${quote(BACKOFF).text}\n\`\`\`\n`)).toEqual([])
    expect(driftOf(`# A\n\n\`\`\`ts ${BACKOFF}\n${first}\nold\n\`\`\`\n`)).toEqual([
      'x.md:5: this has changed since it was quoted (npm run docs:sync)',
    ])
  })
  it('is a figure that the committed run does not have', () => {
    expect(driftOf('# A\n\n<!-- figures:machine -->\n\nfast\n\n<!-- /figures -->\n')).toEqual([
      'x.md:5: this has changed since it was quoted (npm run bench:docs)',
    ])
    expect(driftOf('# A\n\n<!-- figures:weather -->\n<!-- /figures -->\n')).toEqual([
      expect.stringContaining("x.md:3: there are no figures 'weather'"),
    ])
  })
})
