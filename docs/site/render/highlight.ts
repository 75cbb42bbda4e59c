/**
 * Colours for code, as classes. A style attribute for each word would need a looser policy than
 * ours (lab/app/pages.ts), and two themes would need two of them; a class says what the word
 * is, and docs.css says how that looks in light and in dark.
 */
import { createCssVariablesTheme, createHighlighterCoreSync } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import html from 'shiki/langs/html.mjs'
import http from 'shiki/langs/http.mjs'
import json from 'shiki/langs/json.mjs'
import sh from 'shiki/langs/shellscript.mjs'
import typescript from 'shiki/langs/typescript.mjs'
import { remember } from './highlight-cache.ts'

const THEME = createCssVariablesTheme({ name: 'classes', variablePrefix: '--', fontStyle: false })

/** Made when it is first needed, which after the first build is seldom. */
let highlighter: ReturnType<typeof createHighlighterCoreSync> | null = null

function createHighlighter() {
  return createHighlighterCoreSync({
    themes: [THEME],
    langs: [typescript, sh, json, http, html],
    engine: createJavaScriptRegexEngine(),
  })
}

/** Languages that are coloured; others are shown as they are. */
const LANGUAGES: Readonly<Record<string, string>> = {
  ts: 'typescript',
  js: 'typescript',
  mjs: 'typescript',
  html: 'html',
  sh: 'shellscript',
  json: 'json',
  http: 'http',
}

/** @returns HTML for each line of `code` */
export function highlight(code: string, language: string): string[] {
  const lang = LANGUAGES[language]
  if (!lang) return code.split('\n').map(escapeHtml)
  return remember(`${lang}\n${code}`, () => (language === 'sh' ? colouredShell(code) : coloured(code, lang)))
}

/** A program that stands between quotes: `node -e '…'`. In it, the shell knows no quote. */
const PROGRAM = /(\bnode\b[^\n']* (?:-e|-p|--eval|--print) ')([^']*)(?=')/g

/** To a shell the program is one string. To a reader it is code, in which a word has a colour of its own. */
function colouredShell(code: string): string[] {
  const lines: string[] = ['']
  const append = (more: readonly string[]) => {
    lines[lines.length - 1] += more[0] ?? ''
    lines.push(...more.slice(1))
  }
  let from = 0
  for (const { 0: all, 1: command = '', 2: program = '', index } of code.matchAll(PROGRAM)) {
    append(shellBetween(code.slice(from, index + command.length - 1), from > 0))
    append([inClass("'", 'var(--token-string)')])
    append(coloured(program, 'typescript'))
    from = index + all.length
  }
  append(shellBetween(code.slice(from), from > 0))
  return lines
}

/** @param closes whether it begins with the quote that ends a program: by itself, that would begin a string */
function shellBetween(code: string, closes: boolean): string[] {
  if (!closes) return coloured(code, 'shellscript')
  const [first = '', ...rest] = coloured(code.slice(1), 'shellscript')
  return [inClass("'", 'var(--token-string)') + first, ...rest]
}

function coloured(code: string, lang: string): string[] {
  highlighter ??= createHighlighter()
  // No time limit: on a busy machine it would leave a line without its colours, and the build would vary.
  const lines = highlighter.codeToTokensBase(code, { lang, theme: 'classes', tokenizeTimeLimit: 0 })
  return lines.map((tokens) => tokens.map(({ content, color = '' }) => inClass(content, color)).join(''))
}

function inClass(content: string, color: string): string {
  const kind = /^var\(--token-([a-z-]+)\)$/.exec(color)?.[1]
  return kind ? `<span class="k-${kind}">${escapeHtml(content)}</span>` : escapeHtml(content)
}

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
