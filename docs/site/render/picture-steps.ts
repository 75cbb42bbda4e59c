/**
 * `::: picture NAME`: a numbered list of what happens, and on the site a drawing above each of its points.
 *
 * A code host draws nothing, so there the list stands alone. A ```diagram before it is for code hosts: the site leaves it out.
 */
import type { MarkdownIt, StateBlock } from 'markdown-it'
import { WIDTH } from '../pictures/draw.ts'
import { PICTURES } from '../pictures/index.ts'
import { escapeHtml } from './highlight.ts'

const ITEM = /^\d+\. (.*)$/
const FENCED = /^```[\s\S]*?^```$/gm

export function problemWithPicture(name: string, inside: string): string | null {
  const picture = PICTURES[name]
  if (!picture) return `there is no picture ${name}; there are ${Object.keys(PICTURES).join(', ')}`
  const told = inside.replace(FENCED, '').match(/^\d+\. /gm)?.length ?? 0
  const { length } = picture.frames
  return told === length ? null : `the picture ${name} has ${length} steps, and the list has ${told}`
}

/** The list between two lines, as tokens of its own: each point is the caption of a drawing. */
export function pushSteps(state: StateBlock, name: string, from: number, to: number): void {
  let isFenced = false
  let words: { content: string; map: [number, number] } | null = null
  for (let at = from; at < to; at++) {
    const line = state.src.slice(state.bMarks[at], state.eMarks[at])
    if (line.startsWith('```')) isFenced = !isFenced
    const begun = isFenced ? null : ITEM.exec(line)
    if (begun) {
      const step = state.push('picture_step_open', 'figure', 1)
      step.info = name
      words = state.push('inline', '', 0) as { content: string; map: [number, number] } & typeof step
      Object.assign(words, { content: begun[1], map: [at, at + 1], children: [] })
      state.push('picture_step_close', 'figure', -1)
    } else if (words && !isFenced && /^\s+\S/.test(line)) words.content += `\n${line.trim()}`
  }
}

export function drawPictures(md: MarkdownIt): void {
  let step = 0
  md.renderer.rules.picture_open = () => {
    step = 0
    return '<div class="picture"><step-through>\n'
  }
  md.renderer.rules.picture_close = () => '</step-through></div>\n'
  md.renderer.rules.picture_step_open = (tokens, index) =>
    `<figure class="step">${svg(tokens[index]!.info, step++)}<figcaption>`
  md.renderer.rules.picture_step_close = () => '</figcaption></figure>\n'
}

function svg(name: string, step: number): string {
  const picture = PICTURES[name]
  if (!picture) return ''
  const { title, height, frames } = picture
  const label = escapeHtml(`${title}, picture ${step + 1} of ${frames.length}`)
  return `<svg role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${height}">${frames[step] ?? ''}</svg>`
}
