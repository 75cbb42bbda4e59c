/**
 * `<step-through>`: pictures that follow each other, shown one at a time and stepped by hand, with buttons or with the arrow
 * keys on them.
 *
 * Without a script, and on paper, they stand below each other, each with its words. Nothing moves by itself, so there is
 * nothing to stop for a reader who wants no motion.
 */
import { isComposing } from '../../../web/keys.ts'

export class StepThrough extends HTMLElement {
  connectedCallback(): void {
    const steps = [...this.querySelectorAll<HTMLElement>('.step')]
    if (steps.length < 2 || this.querySelector('.step-bar')) return
    const stage = document.createElement('div')
    const bar = document.createElement('div')
    const words = document.createElement('p')
    const count = document.createElement('span')
    const back = button('Back', () => show(at - 1))
    const next = button('Next', () => show(at + 1))
    let at = 0
    stage.className = 'step-stage'
    stage.append(...steps)
    bar.className = 'step-bar'
    bar.setAttribute('role', 'group')
    bar.setAttribute('aria-label', 'Steps')
    bar.addEventListener('keydown', onKey)
    count.className = 'step-count'
    // Spoken with each step. The captions, which say the same, are for paper and for pages without a script.
    words.className = 'step-words'
    words.setAttribute('role', 'status')
    bar.append(back, next)
    this.append(stage, bar, words)
    this.classList.add('is-stepped')
    show(0)

    function show(step: number): void {
      at = Math.max(0, Math.min(steps.length - 1, step))
      // Not `disabled`: the keyboard would lose its place with the last step.
      back.setAttribute('aria-disabled', String(at === 0))
      next.setAttribute('aria-disabled', String(at === steps.length - 1))
      count.textContent = `${at + 1} of ${steps.length}. `
      words.replaceChildren(count, steps[at]!.querySelector('figcaption')?.textContent ?? '')
      for (const [index, one] of steps.entries()) one.classList.toggle('is-shown', index === at)
    }
    function onKey(event: KeyboardEvent): void {
      if (isComposing(event)) return
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
      const wanted = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: steps.length - 1 }[event.key]
      if (wanted === undefined) return
      event.preventDefault()
      show(wanted)
    }
  }
}

function button(words: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.textContent = words
  made.addEventListener('click', act)
  return made
}

customElements.define('step-through', StepThrough)
