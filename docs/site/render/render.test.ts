import { describe, expect, it } from 'vitest'
import { collect } from '../build.ts'
import { render } from './render.ts'

const problemsOf = (markdown: string) =>
  render('docs/x.md', markdown).problems.map(({ line, what }) => `${line}: ${what}`)

describe('what is wrong with a document is named with its line', () => {
  it.each([
    ['\n[a](nowhere.md)\n', '2: nowhere.md: there is no such file'],
    ['\n\n<img src="no.png">\n', '3: no.png: there is no such file'],
    ['a\n\n[a](../../out.md)', '3: ../../out.md: leads out of the repository'],
    ['\n```ts lab/hub/room.ts#Room.nothing\n```\n', '2: lab/hub/room.ts declares no Room.nothing'],
    ['a\n\n```diagram\n-->\n```\n', '3: a diagram needs its meaning in words'],
    ['a\n\n::: live transports=pigeon\n:::\n', '3: there is no transport pigeon; there are'],
    ['::: live transports=sse faults=silence,flood\n:::\n', '1: there is no fault flood; there are'],
    ['::: live traffic\n:::\n', '1: ::: live needs transports='],
    ['::: live transports=sse rate=1000\n:::\n', '1: rate=1000 is not a number from 0.2 to 50'],
    ['::: live transports=sse colour=red\n:::\n', '1: ::: live knows no colour=red'],
    ['::: live transports=sse servers ledger\n:::\n', '1: ::: live has no ledger with servers'],
    ['::: surprise\n:::\n', '1: there is no ::: surprise; there are live, predict, picture'],
    ['::: picture handshakes\n1. One.\n:::\n', '1: there is no picture handshakes; there are'],
    ['::: picture handshake\n1. One.\n:::\n', '1: the picture handshake has 5 steps, and the list has 1'],
    ['::: picture lease\n1. [a](b.md)\n2. b\n3. c\n4. d\n5. e\n:::\n', '2: b.md: there is no such file'],
    ['::: live transports=sse\nno end\n', '1: ::: live is not closed by :::'],
    ['::: predict\nWhat?\n:::\n', '1: a prediction needs a numbered list'],
    [
      '::: predict\nWhat?\n\n1. a\n2. b\n\n<details>\n\nNo number.\n\n</details>\n:::\n',
      '1: a prediction needs <details>',
    ],
    [
      '::: predict\nWhat?\n\n1. a\n2. b\n\n<details>\n\n**3.** x\n\n</details>\n:::\n',
      '1: a prediction needs <details>',
    ],
  ])('%j', (markdown, problem) => {
    expect(problemsOf(markdown)).toEqual([expect.stringContaining(problem)])
  })

  it('and a dead anchor, across documents', () => {
    const files: Record<string, string> = {
      'docs/README.md': '# A\n\n[b](STYLE.md#nowhere) [c](STYLE.md#there) [d](#a)\n',
      'docs/STYLE.md': '# B\n\n## There\n',
    }
    expect(() => collect(['docs/README.md'], (file) => files[file]!)).toThrow(
      /^docs\/README\.md:3: docs\/STYLE\.md has no heading #nowhere$/,
    )
  })
})

describe('a document', () => {
  it('links to pages of the site, wherever it stands', () => {
    const { html } = render(
      'docs/chapters/a.md',
      '[p](../reference/protocol.md#send) [r](../../lab/hub/room.ts) [w](https://x.example) [d](../../transports/sse)',
    )
    expect([...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)).toEqual([
      '/docs/reference/protocol.html#send',
      '/docs/lab/hub/room.ts.html',
      'https://x.example',
      '/docs/transports/sse/README.html',
    ])
  })
  it('has no style attribute and no script: the policy would refuse them', () => {
    const { html } = render('docs/x.md', '# A\n\n```ts\nconst a: string = `b`\n```\n\n|a|\n|-|\n|b|\n')
    expect(html).toContain('class="k-keyword">const<')
    expect(html).not.toMatch(/style=|<script/)
  })
  it('has no heading of a column that is empty', () => {
    const { html } = render('docs/x.md', '|  | a |\n|---|---|\n| b | c |\n')
    expect(html).toMatch(/<tr>\s*<td><\/td>\s*<th>a<\/th>\s*<\/tr>/)
  })
  it('stands the decimal points of a column of figures below each other: each part is as wide as its longest', () => {
    const { html } = render(
      'docs/x.md',
      '| a | b | c |\n|---|---|---|\n| x | 1.02 ms (≈ 1.12) | 2 words here |\n| y | 130 µs | 3 |\n| z | – | 4 |\n',
    )
    const cells = [...html.matchAll(/<td data-figures="">(.*?)<\/td>/g)].map(([, cell]) => cell)
    expect(cells).toEqual([
      '1<span class="fraction w3">.02</span><span class="unit w2">ms</span><span class="ratio w8">(≈ 1.12)</span>',
      '130<span class="fraction w3"></span><span class="unit w2">µs</span><span class="ratio w8"></span>',
      '–',
    ])
    expect(html).toContain('<th data-figures="">b</th>')
    expect(html).toContain('<td>2 words here</td>') // a column with words in it stays a column of words
  })
  it('colours the program between the quotes of node -e as a program, and the command around it as a command', () => {
    const { html } = render(
      'docs/x.md',
      "```sh\nnpm start -- --memory\nnode --input-type=module -e '\n  const a = \"b\" // c\n' | head\nnode -p 'typeof 1'\n```\n",
    )
    expect(html).toContain('<span class="k-keyword">const</span>')
    expect(html).toContain('<span class="k-keyword">typeof</span>')
    expect(html).toMatch(/<span class="k-comment">\/\/ c<\/span>/)
    expect(html.replace(/<[^>]+>/g, '').replaceAll('&quot;', '"')).toContain(
      "npm start -- --memory\nnode --input-type=module -e '\n  const a = \"b\" // c\n' | head\nnode -p 'typeof 1'",
    )
  })
  it('lets what is typed be scrolled by the keyboard, and wraps what comes back', () => {
    const { html } = render('docs/x.md', '```sh\ncurl x\n```\n\n```text\ny\n```\n')
    expect(html).toContain('<pre tabindex="0"><code class="language-sh">')
    expect(html).toContain('<pre><code class="language-text">')
  })
  it('puts a column of figures to the right without a style of its own, which our policy forbids', () => {
    const { html } = render('docs/x.md', '| a | n |\n|---|--:|\n| b | all |\n')
    expect(html).toContain('<td data-align="right">all</td>')
    expect(html).not.toContain('style=')
  })
  it('keeps what looks like a container inside of code', () => {
    const { html, problems } = render(
      'docs/x.md',
      '::: live transports=sse\n```text\n:::\n```\nwords\n:::\nafter\n',
    )
    expect(problems).toEqual([])
    expect(html).toMatch(/words<\/p>\s*<live-lab[\s\S]*<\/live-lab>\s*<\/div>\s*<p>after/)
  })
  it('can be read without a script: a list, and an answer that unfolds', () => {
    const { html } = render(
      'docs/x.md',
      '::: predict\nWhat?\n\n1. a\n2. b\n\n<details>\n<summary>So</summary>\n\n**2.** c\n\n</details>\n:::\n',
    )
    expect(html).toContain('<predict-reveal data-answer="2">')
    expect(html).toMatch(/<ol>[\s\S]*<details>\s*<summary>So<\/summary>[\s\S]*<\/details>/)
  })
  it('shows the steps of a picture without a script: drawings with their places, and the words of the list below each', () => {
    const { html, problems, sections } = render(
      'docs/x.md',
      '# A\n\n::: picture lease\n```diagram For a code host.\n1. no step\n```\n\n1. One,\n   and `more`.\n2. b\n3. c\n4. d\n5. e\n:::\n\nafter\n',
    )
    expect(problems).toEqual([])
    const steps = [
      ...html.matchAll(
        /<figure class="step"><svg role="img" aria-label="([^"]+)" viewBox="[^"]+">[\s\S]*?<\/svg><figcaption>([\s\S]*?)<\/figcaption>/g,
      ),
    ]
    expect(steps.map(([, name]) => name)).toEqual(
      [1, 2, 3, 4, 5].map((step) => `A lease as a time line, picture ${step} of 5`),
    )
    expect(steps.map(([, , words]) => words)).toEqual(['One,\nand <code>more</code>.', 'b', 'c', 'd', 'e'])
    expect(html).not.toContain('class="diagram"')
    expect(html).toMatch(/<\/step-through><\/div>\s*<p>after/)
    expect(sections.map(({ text }) => text).join(' ')).toContain('One, and more.')
  })
})
