/** The list of chapters, the files, and what every chapter has to have. */
import { describe, expect, it } from 'vitest'
import { filesIn, textOf } from '../lab/verify/rules/source-files.ts'
import { CHAPTERS, fileOf } from './course.ts'
import { codeBlocks } from './reference/markdown.ts'
import { render } from './site/render/render.ts'

const written = CHAPTERS.flatMap((chapter) => fileOf(chapter) ?? [])

it('the list has every chapter that there is, in order', () => {
  expect([...filesIn(['docs/chapters'], '.md')].sort()).toEqual(written)
})

it('the table of contents says of each chapter whether it is there or to come', () => {
  const contents = textOf('docs/README.md')
  for (const { number, title, file } of CHAPTERS) {
    const row = new RegExp(`^\\| ${number} \\| (.*?) \\| (.*) \\|$`, 'm').exec(contents)
    expect(row?.[1]).toBe(file ? `[${title}](chapters/${file})` : title)
    if (!file) expect(row?.[2]).toBe('*to come*')
  }
})

describe.each(written)('%s', (file) => {
  const markdown = textOf(file)
  const document = render(file, markdown)

  it('carries the title of the list', () => {
    expect(document.title).toBe(CHAPTERS.find((chapter) => fileOf(chapter) === file)?.title)
  })
  it('has a live part and a prediction', () => {
    expect(document.html).toContain('<live-lab')
    expect(document.html).toContain('<predict-reveal')
  })
  it('shows something in the first screen: code or a live part, before any heading', () => {
    expect(markdown).toMatch(/^# .+\n\n(::: live|```)/)
  })
  it('ends in what one can do now', () => {
    expect(document.headings.at(-1)?.text).toBe('What you can now do')
  })
  it('leads on to a chapter that is written, unless it is the last', () => {
    const later = written.slice(written.indexOf(file) + 1).map((one) => `(${one.split('/').at(-1)})`)
    const end = markdown.slice(markdown.indexOf('\n## What you can now do\n'))
    if (later.length > 0) expect(later.some((link) => end.includes(link))).toBe(true)
  })
  it('draws with characters that every monospaced font has: one from another font shifts its line', () => {
    for (const [, drawing] of markdown.matchAll(/^```diagram.*\n([\s\S]*?)^```$/gm)) {
      expect(drawing).toMatch(/^[\n -~“”─-╿]*$/)
      // 360 pixels hold no more (parts.css), and a reader on a phone would have to push it to and fro.
      for (const line of drawing!.split('\n')) expect(line.length, line).toBeLessThanOrEqual(50)
    }
  })
  it('ends with the way to the chapter that comes next', () => {
    const next = written[written.indexOf(file) + 1]
    if (next) expect(markdown.split('## What you can now do')[1]).toContain(`](${next.split('/').at(-1)})`)
  })
  it('links to each exercise that it names', () => {
    const prose = markdown.replace(/^```[\s\S]*?^```$/gm, '')
    const linked = [...prose.matchAll(/\[exercise (\d\d)\]/gi)].map(([, number]) => number)
    for (const [, number] of prose.matchAll(/\bexercise (\d\d)\b/gi)) expect(linked).toContain(number)
  })
  it('takes 5 to 25 minutes to read, and some more to try', () => {
    expect(document.minutes.read).toBeGreaterThanOrEqual(5)
    expect(document.minutes.read).toBeLessThanOrEqual(25)
    expect(document.minutes.try).toBeGreaterThanOrEqual(5)
  })
  it('quotes at most twenty lines at once', () => {
    for (const { language, text, line } of codeBlocks(markdown)) {
      if (language !== 'ts' && language !== 'js' && language !== 'html') continue
      expect(text.split('\n').length, `${file}, line ${line}`).toBeLessThanOrEqual(20)
    }
  })
  it('answers each choice of a prediction, and ends the answer in something that runs', () => {
    for (const { choices, answer, question } of predictionsIn(markdown)) {
      const right = /^\*\*(\d)\.\*\*/.exec(answer)?.[1]
      for (let choice = 1; choice <= choices; choice++) {
        if (String(choice) !== right)
          expect(answer, `${question}: choice ${choice}`).toMatch(new RegExp(`^\\*${choice}:\\*`, 'm'))
      }
      expect(answer, question).toMatch(/```(sh|js)\n|live part|\bnpm run exercise\b/)
    }
  })
  it('keeps to the words of STYLE.md', () => {
    const prose = markdown.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`]*`/g, '')
    expect(prose.match(/\b(simply|just|easy|easily)\b/gi)).toBeNull()
  })
  it('measures nothing by hand: latencies and rates come from a run', () => {
    expect(markdown.replace(/<!-- figures:[\s\S]*?<!-- \/figures -->/g, '')).not.toMatch(
      /\d ?(µs|ms per|deliveries per second|MB per connection)/,
    )
  })
})

interface Prediction {
  /** Its first line. */
  readonly question: string
  /** How many there are to choose from. */
  readonly choices: number
  readonly answer: string
}

function predictionsIn(markdown: string): Prediction[] {
  const blocks = markdown.split(/^::: predict\n/m).slice(1)
  return blocks.map((block) => {
    const [before = '', after = ''] = block.split('<summary>')
    const answer = after.slice(after.indexOf('</summary>') + '</summary>'.length).split('</details>')[0]!
    const choices = before.match(/^\d\. /gm)?.length ?? 0
    return { question: before.split('\n')[0]!, choices, answer: answer.trim() }
  })
}
