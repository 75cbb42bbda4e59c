/** One Markdown document of the repository, made into HTML for the site. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import createMarkdown, { type Token } from 'markdown-it'
import { slugOf } from '../../reference/markdown.ts'
import type { Problem } from '../problems.ts'
import { targetOf, urlOf } from '../urls.ts'
import { containers } from './containers.ts'
import { escapeHtml, highlight } from './highlight.ts'
import { quote, root } from './source.ts'

export interface Heading {
  readonly level: number
  readonly text: string
  readonly id: string
}

export interface RenderedDocument {
  /** Its first heading. */
  readonly title: string
  readonly html: string
  readonly headings: readonly Heading[]
  /** What stands below each heading, as plain text; for the search. */
  readonly sections: readonly { readonly heading: Heading; readonly text: string }[]
  /** How long it takes to read, and how long to try what stands in it. */
  readonly minutes: Minutes
  /** Files of the repository that it leads to. */
  readonly targets: readonly string[]
  /** Links that name a heading, here or in another document. */
  readonly anchorLinks: readonly { readonly path: string; readonly anchor: string; readonly line: number }[]
  readonly problems: readonly Problem[]
}

export interface Minutes {
  readonly read: number
  readonly try: number
}

/** Words in a minute, for prose about code. */
const WORDS_PER_MINUTE = 180
/**
 * What is tried takes longer than what is read. A beginner who typed every command, started every live part and committed to
 * every guess needed 410 minutes for chapters whose words alone take 155: the first three figures give that sum. The
 * pictures that are stepped through came later.
 */
const MINUTES_TO_TRY = { live_open: 3, predict_open: 2, command: 2, picture_open: 1 }

/** @param file its path from the root of the repository */
export function render(file: string, markdown: string): RenderedDocument {
  const problems: Problem[] = []
  const targets = new Set<string>()
  const anchorLinks: { path: string; anchor: string; line: number }[] = []
  const complain = (line: number, what: string) => problems.push({ file, line, what })
  const md = createMarkdown({ html: true })
  containers(md, complain)
  md.renderer.rules.fence = (tokens, index) => fence(tokens[index]!, complain, (path) => targets.add(path))
  md.renderer.rules.table_open = () => '<div class="table" tabindex="0"><table>\n'
  md.renderer.rules.table_close = () => '</table></div>\n'

  const tokens = md.parse(markdown, {})
  const headings = nameHeadings(tokens)
  openTheCorners(tokens)
  keepFiguresTogether(tokens)
  alignByAttribute(tokens)
  let line = 1
  const follow = (href: string): string => {
    const target = targetOf(file, href)
    if (!target) return href
    const problem = problemWithTarget(target.path)
    if (problem) complain(line, `${href}: ${problem}`)
    else if (target.path !== file) targets.add(target.path)
    if (target.anchor !== null && !problem) {
      anchorLinks.push({ path: readmeOf(target.path), anchor: target.anchor, line })
    }
    const anchor = target.anchor === null ? '' : `#${target.anchor}`
    return target.path === file ? anchor || urlOf(file) : `${urlOf(readmeOf(target.path))}${anchor}`
  }
  for (const token of tokens) {
    if (token.map) line = token.map[0] + 1
    for (const inner of [token, ...(token.children ?? [])]) leadOn(inner, follow)
  }

  const sections = sectionsOf(tokens, headings)
  const words = sections.reduce((sum, { text }) => sum + text.split(/\s+/).length, 0)
  const count = (isSo: (token: Token) => boolean) => tokens.filter(isSo).length
  const tries =
    count(({ type }) => type === 'live_open') * MINUTES_TO_TRY.live_open +
    count(({ type }) => type === 'predict_open') * MINUTES_TO_TRY.predict_open +
    count(({ type }) => type === 'picture_open') * MINUTES_TO_TRY.picture_open +
    count(({ type, info }) => type === 'fence' && info === 'sh') * MINUTES_TO_TRY.command
  return {
    title: headings[0]?.text ?? file,
    html: md.renderer.render(tokens, md.options, {}),
    headings,
    sections,
    minutes: { read: Math.ceil(words / WORDS_PER_MINUTE), try: tries },
    targets: [...targets].map(readmeOf),
    anchorLinks,
    problems,
  }
}

/** Languages of what is typed and of what comes back. */
const WRAPPED = ['sh', 'text', 'json', 'http']

/** A block of code. One of ours names its place in the source: ```ts lab/hub/room.ts#Room.publish */
function fence(
  { info, content, map }: Token,
  complain: (line: number, what: string) => unknown,
  lead: (path: string) => void,
): string {
  const [, language = '', reference] = /^(\S*)(?:\s+(.+))?$/.exec(info.trim()) ?? []
  const code = content.replace(/\n$/, '')
  if (language === 'diagram')
    return diagram(info.trim().slice('diagram'.length).trim(), code, () =>
      complain((map?.[0] ?? 0) + 1, 'a diagram needs its meaning in words after ```diagram'),
    )
  const lines = highlight(code, language).join('\n')
  // What may scroll must be reached by the keyboard; what is wrapped (prose.css) would be a stop for nothing.
  const stop = WRAPPED.includes(language) ? '' : ' tabindex="0"'
  const block = `<pre${stop}><code class="language-${escapeHtml(language)}">${lines}</code></pre>`
  if (reference === undefined) return `<div class="code">${block}</div>\n`
  try {
    const { from, to } = quote(reference)
    const path = reference.split('#')[0]!
    lead(path)
    const where = `<a href="${urlOf(path)}#L${from}">${escapeHtml(path)}</a>, lines ${from} to ${to}`
    return `<figure class="code"><figcaption>${where}</figcaption>${block}</figure>\n`
  } catch (error) {
    complain((map?.[0] ?? 0) + 1, (error as Error).message)
    return ''
  }
}

/** A picture made of characters. A screen reader speaks its meaning, and not its lines and corners. */
function diagram(meaning: string, code: string, complain: () => void): string {
  if (meaning === '') complain()
  return `<pre class="diagram" role="img" aria-label="${escapeHtml(meaning)}" tabindex="0">${escapeHtml(code)}</pre>\n`
}

/** Gives each heading the name by which code hosts reach it, and a link to itself. */
function nameHeadings(tokens: Token[]): Heading[] {
  const headings: Heading[] = []
  const taken = new Set<string>()
  for (const [index, token] of tokens.entries()) {
    if (token.type !== 'heading_open') continue
    const text = textOf(tokens[index + 1]!)
    const id = slugOf(text, taken)
    token.attrSet('id', id)
    headings.push({ level: Number(token.tag.slice(1)), text, id })
  }
  return headings
}

/** A corner of a table that heads nothing is a cell: read out as a heading, it would be an empty one. */
function openTheCorners(tokens: readonly Token[]): void {
  for (const [index, token] of tokens.entries()) {
    if (token.type !== 'th_open' || tokens[index + 1]?.content !== '') continue
    token.tag = 'td'
    tokens[index + 2]!.tag = 'td'
  }
}

/** A figure in a table and its unit, “1.02 ms (≈ 1.12)”, stay on one line. */
function keepFiguresTogether(tokens: readonly Token[]): void {
  for (const [index, { type, content, children }] of tokens.entries()) {
    if (type !== 'inline' || tokens[index - 1]?.type !== 'td_open') continue
    if (!/^[\d.,]+( ?[a-zµ%/]+)?( \([×≈] [\d.,]+\))?$/i.test(content)) continue
    for (const child of children ?? []) child.content = child.content.replaceAll(' ', '\u00a0')
  }
}

/** A column's side, as an attribute for the style sheet: a style of its own is forbidden to our pages (lab/app/pages.ts). */
function alignByAttribute(tokens: readonly Token[]): void {
  for (const token of tokens) {
    const side = /^text-align:(\w+)$/.exec(String(token.attrGet('style') ?? ''))?.[1]
    if (side === undefined) continue
    token.attrs = token.attrs!.filter(([name]) => name !== 'style')
    token.attrSet('data-align', side)
  }
}

/** A link, an image, or a tag that was written as HTML. */
function leadOn(token: Token, follow: (href: string) => string): void {
  const attribute = token.type === 'link_open' ? 'href' : token.type === 'image' ? 'src' : null
  if (attribute) token.attrSet(attribute, follow(String(token.attrGet(attribute) ?? '')))
  if (token.type !== 'html_block' && token.type !== 'html_inline') return
  token.content = token.content.replace(
    /\b(src|srcset|href)="([^"]+)"/g,
    (_, name: string, href: string) => `${name}="${follow(href)}"`,
  )
}

function problemWithTarget(path: string): string | null {
  if (path.startsWith('..')) return 'leads out of the repository'
  return existsSync(join(root, path)) ? null : 'there is no such file'
}

/** A link to a folder means its README, if it has one. */
function readmeOf(path: string): string {
  const readme = `${path}/README.md`
  return statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() &&
    existsSync(join(root, readme))
    ? readme
    : path
}

function sectionsOf(tokens: readonly Token[], headings: readonly Heading[]) {
  const sections: { heading: Heading; text: string }[] = []
  let next = 0
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'heading_open') sections.push({ heading: headings[next++]!, text: '' })
    const section = sections.at(-1)
    if (!section || tokens[index - 1]?.type === 'heading_open') continue
    if (token.type === 'inline') section.text += ` ${textOf(token)}`
    if (token.type === 'fence') section.text += ` ${token.content}`
  }
  return sections
}

const textOf = ({ children }: Token): string =>
  (children ?? [])
    .map(({ type, content }) =>
      /^(text|code_inline)$/.test(type) ? content : /break$/.test(type) ? ' ' : '',
    )
    .join('')
