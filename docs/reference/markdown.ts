/**
 * Markdown, as far as the tests of these documents read it: blocks of code, tables, headings and links.
 * GitHub's dialect, and only what is used here.
 */
export interface CodeBlock {
  /** What stands after the opening fence: `sh`, `json`, … */
  readonly language: string
  /** What stands after that: where the block is taken from, or what a diagram shows; null for most. */
  readonly reference: string | null
  readonly text: string
  /** The line of the opening fence, counted from 1. */
  readonly line: number
}

export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let open: (Omit<CodeBlock, 'text'> & { indent: number; lines: string[] }) | null = null
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^( *)```(\w*)(?: (.+))?$/.exec(line)
    if (!fence)
      open?.lines.push(line.slice(open.indent)) // a block in a list is set in
    else if (!open) {
      const [, indent, language, reference = null] = fence
      open = { language: language!, reference, line: index + 1, indent: indent!.length, lines: [] }
    } else {
      const { language, reference, line, lines } = open
      blocks.push({ language, reference, line, text: lines.join('\n') })
      open = null
    }
  }
  if (open) throw new Error(`the code block of line ${open.line} is not closed`)
  return blocks
}

/** The cells of every table row below `heading`, as far as the next heading of any level; header rows left out. */
export function tableRows(markdown: string, heading: string): string[][] {
  const lines = markdown.split('\n')
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading)
  if (start < 0) throw new Error(`there is no heading “${heading}”`)
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line))
  const section = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length)
  return section
    .filter((line, index) => line.startsWith('|') && !isRuler(line) && !isRuler(section[index + 1] ?? ''))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim()),
    )
}

const isRuler = (line: string) => /^\|[-:| ]+\|$/.test(line)

/** The first `code` in a cell. */
export const codeIn = (cell: string): string | null => /`([^`]+)`/.exec(cell)?.[1] ?? null

/** The names under which GitHub lets a link reach the headings: lower case, hyphens, no punctuation. */
export function anchors(markdown: string): Set<string> {
  const found = new Set<string>()
  for (const [, title] of withoutCode(markdown).matchAll(/^#+ +(.+)$/gm)) slugOf(title!, found)
  return found
}

/** The name of one heading, made different from those that are taken, and put among them. */
export function slugOf(title: string, taken: Set<string>): string {
  const slug = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')
  let unique = slug
  for (let n = 1; taken.has(unique); n++) unique = `${slug}-${n}`
  taken.add(unique)
  return unique
}

/** Where links and images lead: Markdown's, and the `src`, `srcset` and `href` of tags. */
export function links(markdown: string): string[] {
  const text = withoutCode(markdown).replace(/`[^`\n]*`/g, '')
  return [
    ...[...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!),
    ...[...text.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)].map((match) => match[1]!),
  ]
}

const withoutCode = (markdown: string) => markdown.replace(/^ *```[\s\S]*?^ *```$/gm, '')
