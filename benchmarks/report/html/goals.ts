/** The goals of the project, and what this run reached. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Goal, Judgement } from '../../verdicts/goals.ts'
import { digits } from '../units.ts'
import { scrollable } from './tables.ts'

/** A judgement as it is written into the page: without the function that made it. */
export type JudgedGoal = Omit<Goal, 'reached'> & Pick<Judgement, 'reached' | 'verdict'>

export function goalsSection(goals: readonly JudgedGoal[]): TemplateResult | typeof nothing {
  const measured = goals.filter(({ verdict }) => verdict !== 'not measured')
  if (measured.length === 0) return nothing
  const left = goals.length - measured.length
  return html`<section id="goals" aria-labelledby="title-goals">
    <h2 id="title-goals">Goals of this project</h2>
    <p class="lead">
      × is the ratio to the floor in the same run; where several loads count, the worst of them.
      ${left > 0 ? `${left} more need what this run did not measure.` : nothing}
    </p>
    ${scrollable(
      'Goals of this project',
      html`<table class="checks">
        <caption class="sr-only">Goals of this project, and what this run reached</caption>
        <thead>
          <tr>
            <th scope="col">Goal</th><th scope="col">bound</th><th scope="col">stretch</th>
            <th scope="col">reached</th><th scope="col">verdict</th><th scope="col">peers, as once seen</th>
          </tr>
        </thead>
        <tbody>
          ${measured.map(
            ({ name, relation, bound, stretch, unit, peer, reached, verdict }) => html`<tr>
              <th scope="row">${name}</th>
              <td>${relation} ${digits(bound)} ${unit}</td>
              <td>${stretch === null ? '–' : `${relation} ${digits(stretch)} ${unit}`}</td>
              <td>${reached === null ? '–' : `${digits(reached)} ${unit}`}</td>
              <td class=${verdict === 'missed' ? 'worse' : 'better'}>${verdict}</td>
              <td class="long">${peer || '–'}</td>
            </tr>`,
          )}
        </tbody>
      </table>`,
    )}
  </section>`
}
