/** The same numbers as fields, for those that no slider reaches, or not so finely. What cannot be used is named. */
import { html, nothing } from 'lit'
import { BOUNDS, QUESTION_KEYS, type Question, readNumber } from '../question.ts'

export type Wrong = Partial<Record<keyof Question, string>>

export function exactNumbers(
  question: Question,
  wrong: Wrong,
  onInput: (key: keyof Question, text: string) => void,
) {
  return html`<form class="exact" aria-label="Exact numbers" @submit=${(event: Event) => event.preventDefault()}>
    ${QUESTION_KEYS.map((key) => {
      const { label, unit, optional } = BOUNDS[key]
      return html`<div class="field">
        <label for=${key}>${label}</label>
        <input
          id=${key}
          type="number"
          step="any"
          inputmode="decimal"
          .defaultValue=${String(question[key] ?? '')}
          placeholder=${optional ?? nothing}
          aria-invalid=${wrong[key] !== undefined}
          aria-describedby="unit-${key} wrong"
          @input=${(event: Event) => onInput(key, (event.target as HTMLInputElement).value)}
        >
        <small id="unit-${key}">${unit}</small>
      </div>`
    })}
    <p id="wrong" role="alert">
      ${Object.values(wrong).map((line) => html`<span>${line}.</span> `)}
      ${Object.keys(wrong).length > 0 ? 'What is shown is for the last numbers that could be used.' : nothing}
    </p>
  </form>`
}

/** Puts what the sliders have set into the fields; one that is being typed in, and says the same, is left alone. */
export function fillFields(root: ParentNode, question: Question, wrong: Wrong): void {
  for (const key of QUESTION_KEYS) {
    const input = root.querySelector<HTMLInputElement>(`#${key}`)
    if (!input || wrong[key] !== undefined) continue
    const read = readNumber(key, input.value)
    if (!('value' in read) || read.value !== question[key]) input.value = String(question[key] ?? '')
  }
}
