/** What the reader sets: a scenario to begin from, three sliders, three questions. */
import { html } from 'lit'
import { live } from 'lit/directives/live.js'
import type { Situation } from '../choice/choose.ts'
import {
  type Inputs,
  inputsOf,
  SCENARIO_NAMES,
  SCENARIOS,
  SPANS,
  STEPS,
  stepFor,
  valueAtStep,
} from '../choice/inputs.ts'
import { count, duration, round } from '../words.ts'

const SLIDERS: Readonly<
  Record<keyof typeof SPANS, { readonly label: string; readonly inWords: (value: number) => string }>
> = {
  clients: { label: 'Readers', inWords: count },
  messagesPerMinute: { label: 'Messages a minute', inWords: round },
  latencyMs: { label: 'How late may it be?', inWords: duration },
}

const QUESTIONS: Readonly<Record<keyof Situation, string>> = {
  writesMuch: 'The browser sends more than it reads',
  bufferingProxy: 'A proxy on the way buffers answers',
  manyTabs: 'More than two tabs, over HTTP/1.1',
}

/** @param change is given the new inputs, whole */
export function choiceInputs(inputs: Inputs, change: (inputs: Inputs) => void) {
  const { scenario, question, situation, peers, shows } = inputs
  return html`<form class="inputs" aria-label="Your numbers" @submit=${(event: Event) => event.preventDefault()}>
    <fieldset class="scenarios">
      <legend>Begin from</legend>
      ${SCENARIO_NAMES.map(
        (name) => html`<label>
          <input
            type="radio"
            name="scenario"
            value=${name}
            .checked=${live(scenario === name)}
            @change=${() => change({ ...inputsOf(name), peers, shows })}
          >
          <span>${SCENARIOS[name].title}</span>
        </label>`,
      )}
      <p>${SCENARIOS[scenario].idea}</p>
    </fieldset>
    ${(Object.keys(SLIDERS) as (keyof typeof SLIDERS)[]).map((key) => {
      const { label, inWords } = SLIDERS[key]
      return html`<label class="slider">
        <span>${label}</span> <output>${inWords(question[key])}</output>
        <input
          type="range"
          min="0"
          max=${STEPS}
          step="1"
          .value=${live(String(stepFor(question[key], SPANS[key])))}
          aria-label=${label}
          aria-valuetext=${inWords(question[key])}
          @input=${(event: Event) => {
            const step = Number((event.target as HTMLInputElement).value)
            change({ ...inputs, question: { ...question, [key]: valueAtStep(step, SPANS[key]) } })
          }}
        >
      </label>`
    })}
    <fieldset class="questions">
      <legend>Which of these are so?</legend>
      ${(Object.keys(QUESTIONS) as (keyof Situation)[]).map((key) =>
        tick(QUESTIONS[key], situation[key], (value) =>
          change({ ...inputs, situation: { ...situation, [key]: value } }),
        ),
      )}
    </fieldset>
  </form>`
}

export const tick = (
  label: string,
  value: boolean,
  change: (value: boolean) => void,
) => html`<label class="tick">
  <input
    type="checkbox"
    .checked=${live(value)}
    @change=${(event: Event) => change((event.target as HTMLInputElement).checked)}
  >
  <span>${label}</span>
</label>`
