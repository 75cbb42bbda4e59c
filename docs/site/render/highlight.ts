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
  return lang ? remember(`${lang}\n${code}`, () => coloured(code, lang)) : code.split('\n').map(escapeHtml)
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
