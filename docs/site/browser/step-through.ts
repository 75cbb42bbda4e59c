/**
 * `<step-through>`: pictures that follow each other, shown one at a time. They are stepped by hand, with buttons or with the
 * arrow keys on them, or played, each for as long as its words take to read.
 *
 * Without a script, and on paper, they stand below each other, each with its words. For a reader who wants no motion,
 * nothing is played, and what is new in a step is there at once.
 */
import { isComposing } from '../../../web/keys.ts'
import { bringOn } from './bring-on.ts'

const STILL = matchMedia('(prefers-reduced-motion: reduce)')
/** What a slow reader takes for a word, and for finding what has changed. */
const READ_MS = { word: 350, look: 1_500 }

export class StepThrough extends HTMLElement {
  connectedCallback(): void {
    const steps = [...this.querySelectorAll<HTMLElement>('.step')]
    if (steps.length < 2 || this.querySelector('.step-bar')) return
    const [stage, bar] = [document.createElement('div'), document.createElement('div')]
    const words = document.createElement('p')
    const count = document.createElement('span')
    const back = button('Back', () => go(at - 1))
    const next = button('Next', () => go(at + 1))
    const play = button('Play', () => (timer === null ? start() : stop()))
    let at = 0
    let timer: ReturnType<typeof setTimeout> | null = null
    let motion: readonly Animation[] = []
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
    bar.append(back, next, play)
    this.append(stage, bar, words)
    this.classList.add('is-stepped')
    STILL.addEventListener('change', onMotionChange)
    onMotionChange()
    show(0)

    function show(step: number): void {
      const isNext = step === at + 1 && step < steps.length
      at = Math.max(0, Math.min(steps.length - 1, step))
      const isLast = at === steps.length - 1
      // Not `disabled`: the keyboard would lose its place with the last step.
      back.setAttribute('aria-disabled', String(at === 0))
      next.setAttribute('aria-disabled', String(isLast))
      count.textContent = `${at + 1} of ${steps.length}. `
      const caption = steps[at]!.querySelector('figcaption')!.cloneNode(true)
      words.replaceChildren(count, ...caption.childNodes)
      for (const [index, one] of steps.entries()) one.classList.toggle('is-shown', index === at)
      for (const one of motion) one.cancel()
      motion = isNext && !STILL.matches ? bringOn(steps[at]!) : []
    }
    function go(step: number): void {
      stop()
      show(step)
    }
    /** From the first picture again, when the last is shown. */
    function start(): void {
      show(at === steps.length - 1 ? 0 : at + 1)
      play.textContent = 'Pause'
      wait()
    }
    function wait(): void {
      const length = words.textContent.split(/\s+/).length
      timer = setTimeout(
        () => {
          if (at === steps.length - 1) return stop()
          show(at + 1)
          wait()
        },
        READ_MS.look + length * READ_MS.word,
      )
    }
    function stop(): void {
      if (timer !== null) clearTimeout(timer)
      timer = null
      play.textContent = 'Play'
    }
    function onMotionChange(): void {
      play.hidden = STILL.matches
      if (!STILL.matches) return
      stop()
      for (const one of motion) one.cancel()
    }
    function onKey(event: KeyboardEvent): void {
      if (isComposing(event)) return
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
      const wanted = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: steps.length - 1 }[event.key]
      if (wanted === undefined) return
      event.preventDefault()
      go(wanted)
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
