/**
 * The parts of a chapter that do something, as blocks of Markdown:
 *
 *     ::: live transports=sse,websocket traffic
 *     Write in one lane and watch the other.
 *     :::
 *
 *     ::: predict
 *     What happens?
 *
 *     1. This.
 *     2. That.
 *
 *     <details>
 *     <summary>Answer</summary>
 *
 *     **2.** Because …
 *
 *     </details>
 *     :::
 *
 *     ::: picture handshake
 *     1. The client sends SYN.
 *     2. The server answers.
 *     :::
 *
 * On a code host they read as what they are: words, a list, and an answer that unfolds.
 */
import type { MarkdownIt, StateBlock } from 'markdown-it'
import { unitInAddress } from '../../../lab/client/descriptor.ts'
import { FAULTS } from '../../../lab/wires/faults/catalogue.ts'
import { SETTINGS } from '../../../transports/descriptors.ts'
import { TRANSPORTS } from '../../../transports/manifest.ts'
import { FIGURES } from '../../../web/model/figures/names.ts'
import { RATE, SIZE } from '../../../web/page/slider-settings.ts'
import { escapeHtml } from './highlight.ts'
import { drawPictures, problemWithPicture, pushSteps } from './picture-steps.ts'

const OPENING = /^::: *([a-z]+) *(.*)$/
const CLOSING = /^:::\s*$/
const KINDS = ['live', 'predict', 'picture']

export function containers(md: MarkdownIt, complain: (line: number, what: string) => void): void {
  md.block.ruler.before('fence', 'container', parse, { alt: ['paragraph', 'reference', 'list'] })
  md.renderer.rules.live_open = () => opening('live', 'Live part')
  md.renderer.rules.live_close = (tokens, index) => `${liveLab(tokens[index]!.info)}</div>\n`
  md.renderer.rules.predict_open = (tokens, index) =>
    `${opening('predict', 'Predict, then look')}<predict-reveal data-answer="${tokens[index]!.info}">\n`
  md.renderer.rules.predict_close = () => '</predict-reveal></div>\n'

  drawPictures(md)

  function parse(state: StateBlock, start: number, end: number, silent: boolean): boolean {
    const opening = OPENING.exec(lineOf(state, start))
    if (!opening) return false
    if (silent) return true
    const [, kind = '', words = ''] = opening
    const close = closingLine(state, start + 1, end)
    if (close < 0) complain(start + 1, `::: ${kind} is not closed by :::`)
    const last = close < 0 ? end : close
    const inside = state.getLines(start + 1, last, 0, false)
    const problem = problemWith(kind, words, inside)
    if (problem) complain(start + 1, problem)

    const open = state.push(`${KINDS.includes(kind) ? kind : 'live'}_open`, 'div', 1)
    open.map = [start, last]
    open.info = kind === 'predict' ? answerIn(inside) : words
    const { lineMax } = state
    if (kind === 'picture') {
      open.info = words
      pushSteps(state, words, start + 1, last)
      state.push('picture_close', 'div', -1)
      state.line = last + 1
      return true
    }
    state.lineMax = last
    state.md.block.tokenize(state, start + 1, last)
    state.lineMax = lineMax
    state.push(`${KINDS.includes(kind) ? kind : 'live'}_close`, 'div', -1).info = words
    state.line = last + 1
    return true
  }
}

/** A part with its title. The title names the group, so it is read out once. */
const opening = (kind: string, title: string): string =>
  `<div class="${kind}" role="group" aria-label="${title}"><p class="part-title" aria-hidden="true">${title}</p>\n`

const lineOf = (state: StateBlock, line: number): string =>
  state.src.slice(state.bMarks[line], state.eMarks[line])

/** The line that closes the container; what looks like one inside of code does not. */
function closingLine(state: StateBlock, from: number, end: number): number {
  let isCode = false
  for (let line = from; line < end; line++) {
    const text = lineOf(state, line)
    if (/^```/.test(text)) isCode = !isCode
    else if (!isCode && CLOSING.test(text)) return line
  }
  return -1
}

/** The number that the answer begins with. */
const answerIn = (inside: string): string => /<details>[\s\S]*?\n\n\*\*(\d)\.\*\*/.exec(inside)?.[1] ?? ''

function problemWith(kind: string, words: string, inside: string): string | null {
  if (kind === 'live') return liveOptions(words).problem
  if (kind === 'picture') return problemWithPicture(words, inside)
  if (kind !== 'predict') return `there is no ::: ${kind}; there are ${KINDS.join(', ')}`
  const choices = inside.split('<details>')[0]!.match(/^\d\. /gm)?.length ?? 0
  const answer = Number(answerIn(inside))
  if (choices < 2) return 'a prediction needs a numbered list of at least two choices'
  if (!(answer >= 1 && answer <= choices)) {
    return `a prediction needs <details> whose text begins with **N.**, the right one of its ${choices} choices`
  }
  return null
}

/** What a live part may be told, and in which range. Durations are in seconds, as in the lab's address. */
const NUMBERS: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  rate: RATE,
  size: SIZE,
  ...Object.fromEntries(
    [...SETTINGS.values()].map((setting) => {
      const unit = unitInAddress(setting)
      return [setting.param, { min: setting.min / unit, max: setting.max / unit }]
    }),
  ),
}
const FLAGS = ['traffic', 'chart', 'table', 'here', 'bytes', 'ledger', 'servers']

/** What is a list of names, and which there are. */
const NAMES: Readonly<Record<string, { readonly one: string; readonly all: readonly string[] }>> = {
  transports: { one: 'transport', all: TRANSPORTS },
  faults: { one: 'fault', all: FAULTS.map(({ about }) => about.name) },
  figures: { one: 'figure', all: FIGURES },
}

function liveOptions(words: string): { options: Map<string, string>; problem: string | null } {
  const options = new Map(
    words
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => {
        const [key, value = ''] = word.split('=') as [string, string?]
        return [key, value] as const
      }),
  )
  for (const [key, value] of options) {
    const names = NAMES[key]
    if (names) {
      const unknown = value.split(',').find((name) => !names.all.includes(name))
      if (unknown !== undefined)
        return { options, problem: `there is no ${names.one} ${unknown}; there are ${names.all.join(', ')}` }
    } else if (key in NUMBERS) {
      const { min, max } = NUMBERS[key]!
      if (value === '' || !(Number(value) >= min && Number(value) <= max))
        return { options, problem: `${key}=${value} is not a number from ${min} to ${max}` }
    } else if (!FLAGS.includes(key) || value !== '') {
      return { options, problem: `::: live knows no ${key}${value && `=${value}`}` }
    }
  }
  const besides = ['faults', 'ledger', 'bytes'].find((key) => options.has(key))
  if (options.has('servers') && besides)
    return {
      options,
      problem: `::: live has no ${besides} with servers: that is of the lab’s own rooms and lanes`,
    }
  if (!options.has('transports')) return { options, problem: '::: live needs transports=NAME,…' }
  return { options, problem: null }
}

/** Behind its words: a lab that runs is tall, and what to do with it must be read first. */
function liveLab(words: string): string {
  const attributes = [...liveOptions(words).options].map(
    ([key, value]) => ` data-${escapeHtml(key)}="${escapeHtml(value)}"`,
  )
  return `<live-lab${attributes.join('')}><p>Here the lab itself runs inside of the chapter. That part needs JavaScript.</p></live-lab>\n`
}
