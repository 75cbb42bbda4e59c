/**
 * `<predict-reveal data-answer="2">`: a question, a list of choices, and an answer that shows when the
 * reader has committed to one of them. A guess that turned out wrong is remembered longest.
 *
 * Without a script it is a list, and a `<details>` that anybody can unfold.
 */
let made = 0

/** Fired at the document when the reader has committed to a choice. */
export const COMMITTED = 'prediction-committed'

/** Whether every prediction of this page has been made: what a lane says of its transport would answer some of them. */
export const areAllCommitted = (): boolean =>
  document.querySelector('predict-reveal form fieldset:not(:disabled)') === null

export class PredictReveal extends HTMLElement {
  connectedCallback(): void {
    const list = this.querySelector('ol')
    const details = this.querySelector('details')
    if (!list || !details || this.querySelector('form')) return

    const name = `prediction-${++made}`
    const question = [...this.children].filter((child) => child !== list && child !== details)
    const form = document.createElement('form')
    const fieldset = document.createElement('fieldset')
    const legend = document.createElement('legend')
    const button = document.createElement('button')
    const verdict = document.createElement('p')
    const choices = [...list.children].map((item, index) => choice(name, String(index + 1), item))
    button.className = 'main'
    button.textContent = 'This is my guess'
    button.disabled = true
    verdict.className = 'verdict'
    verdict.setAttribute('role', 'status')
    legend.replaceChildren(...question)
    fieldset.append(legend, ...choices)
    form.append(fieldset, button)
    list.replaceWith(form)
    form.after(verdict)
    details.hidden = true
    // Paper has no button to press: it gets the answer.
    addEventListener('beforeprint', () => show(true))
    addEventListener('afterprint', () => show(fieldset.disabled))

    function show(isShown: boolean): void {
      details!.hidden = !isShown
      details!.open = isShown
    }
    form.addEventListener('change', () => (button.disabled = false))
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      const guess = new FormData(form).get(name)
      fieldset.disabled = true
      button.remove()
      show(true)
      // The keyboard goes on from the answer: what it stood on is gone.
      details.querySelector('summary')?.focus({ preventScroll: true })
      choices[Number(this.dataset.answer) - 1]?.classList.add('is-right')
      if (guess !== this.dataset.answer) choices[Number(guess) - 1]?.classList.add('is-wrong')
      verdict.textContent =
        guess === this.dataset.answer ? 'So it is.' : `You said ${guess}. It is ${this.dataset.answer}.`
      document.dispatchEvent(new Event(COMMITTED))
    })
  }
}

function choice(name: string, value: string, item: Element): HTMLLabelElement {
  const label = document.createElement('label')
  const radio = document.createElement('input')
  radio.type = 'radio'
  radio.name = name
  radio.value = value
  radio.required = true
  const words = document.createElement('span')
  words.append(`${value}. `, ...item.childNodes)
  label.append(radio, words)
  return label
}

customElements.define('predict-reveal', PredictReveal)
