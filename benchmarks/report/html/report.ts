/** The whole report, from top to bottom. */
import { html, nothing, type TemplateResult } from 'lit'
import '../../calculator/elements/transport-chooser.ts'
import { otherMachine } from '../../measure/changes.ts'
import { BUSY_PERCENT } from '../../metrics.ts'
import type { Check, RunFile } from '../../run-file.ts'
import type { Chooser } from '../choosers.ts'
import { digits } from '../units.ts'
import { goalsSection, type JudgedGoal } from './goals.ts'
import type { Runs } from './plots.ts'
import { headlines, rowsOf, unmeasured } from './rows.ts'
import { scenarioSections } from './sections.ts'
import { figureTable, pairs, scrollable } from './tables.ts'

export interface Comparing {
  readonly onFile: (event: Event) => void
  readonly onRemove: () => void
  readonly complaint: string | null
}

/** What html.ts has found out, which knows every subject. */
export interface FoundOut {
  readonly goals: readonly JudgedGoal[]
  readonly choosers: readonly Chooser[]
}

export const report = (
  runs: Runs,
  { goals, choosers }: FoundOut,
  comparing: Comparing,
): TemplateResult => html`
  ${masthead(runs.run, choosers)}
  <main>
    ${compareBox(runs, comparing)} ${verdicts(runs)} ${scenarioSections(runs)}
    <section id="which-one" aria-labelledby="title-which-one">
      <h2 id="title-which-one">Which one for me?</h2>
      <transport-chooser .run=${runs.run}></transport-chooser>
    </section>
    ${goalsSection(goals)} ${trust(runs.run)} ${settings(runs.run)}
  </main>
`

function masthead(run: RunFile, choosers: readonly Chooser[]): TemplateResult {
  const titleOf = (subject: string) => run.subjects.find(({ name }) => name === subject)?.title ?? subject
  const missing = unmeasured(run)
  return html`<header>
    <h1>Transport Lab: a benchmark run</h1>
    <p>
      ${run.subjects.map(({ title }) => title).join(' · ')}: measured side by side on
      <strong>${run.machine.cores} × ${run.machine.cpu}</strong>, ${run.machine.os}, Node ${run.versions.node}.
    </p>
    <p class="small">
      <time datetime=${run.startedAt}>${moment(run.startedAt)}</time> · commit
      <code>${run.versions.commit ?? 'unknown'}</code>${run.versions.commit?.endsWith('+') ? ' (with changes that were not committed)' : ''}
      · ${run.profile} profile, ${String(run.settings.repeat ?? '?')} repetitions, ${Math.round(run.seconds)} s · seed ${run.seed}
    </p>
    ${
      run.interrupted
        ? html`<p class="notice"><strong>This run was stopped before its end.</strong> What is here is whole; what is missing says so.</p>`
        : nothing
    }
    ${missing.length > 0 ? html`<p class="small">Not in this run: ${listed(missing)}.</p>` : nothing}
    ${choosers.map(
      ({ title, first }) =>
        html`<p class="small">${title} adds nothing on the wire: its figures are those of ${titleOf(first)}, which it tries first.</p>`,
    )}
  </header>`
}

function compareBox({ run, other }: Runs, { onFile, onRemove, complaint }: Comparing): TemplateResult {
  const foreign = other && otherMachine(run, other)
  return html`<section class="compare" aria-labelledby="title-compare">
    <h2 id="title-compare">Compare with another run</h2>
    <p>
      <label for="other-file">Its JSON file</label>
      <input id="other-file" type="file" accept=".json,application/json" aria-describedby="complaint" @change=${onFile}>
      ${other ? html`<button type="button" @click=${onRemove}>Remove the other run</button>` : nothing}
    </p>
    <p id="complaint" class="complaint" role="alert">${complaint ?? nothing}</p>
    <p role="status">
      ${
        other
          ? html`Laid over this one: the run of <strong>${moment(other.startedAt)}</strong>, commit
            <code>${other.versions.commit ?? 'unknown'}</code>, dashed in the charts, and “was” in the tables. “No difference”
            means less than either run varies by itself, or less than five percent.
            ${foreign ? html`<strong>It was measured on another machine (${foreign}): only ratios to the floor are compared.</strong>` : nothing}`
          : nothing
      }
    </p>
  </section>`
}

function verdicts(runs: Runs): TemplateResult {
  const rows = headlines(runs.run)
  const floor = runs.run.subjects.find(({ kind }) => kind === 'floor')
  if (rows.length === 0)
    return html`<section><h2>At a glance</h2><p class="absent">Nothing had been measured when this run ended.</p></section>`
  return html`<section id="glance" aria-labelledby="title-glance">
    <h2 id="title-glance">At a glance</h2>
    <p class="lead">
      Medians of the repetitions${
        floor
          ? html`; <b>×</b> is the ratio to ${floor.title}, the floor that this machine sets, taken
      repetition by repetition; <b>≈</b> means no difference beyond the spread`
          : nothing
      }. Small print: smallest to largest.
    </p>
    ${figureTable(runs, rows, 'All side by side, at the heaviest load measured')}
  </section>`
}

function trust(run: RunFile): TemplateResult {
  const busy = run.figures.filter(({ metric }) => metric === 'load-busy')
  const most = busy.reduce<(typeof busy)[number] | null>((a, b) => (a && a.median >= b.median ? a : b), null)
  const late = rowsOf(run, 'latency').filter(({ metric }) => metric === 'pacer-late-p99')
  return html`<section id="trust" aria-labelledby="title-trust">
    <h2 id="title-trust">How far to trust this</h2>
    ${
      most
        ? html`<p>
          The load side was at most ${digits(most.median)} % of a core busy (${most.subject}, ${most.scenario}).
          ${most.median > BUSY_PERCENT ? `Above ${BUSY_PERCENT} %, what was measured may be the load and not the server.` : `Up to ${BUSY_PERCENT} %, it measures the server and not itself.`}
        </p>`
        : html`<p class="absent">How busy the load side was is not in this run.</p>`
    }
    ${run.selfCheck.length > 0 ? checks(run.selfCheck) : html`<p class="absent">This run holds no self-check.</p>`}
    ${
      late.length > 0 || busy.length > 0
        ? figureTable(
            { run, other: null },
            [...late, ...allOf(run, 'load-busy')],
            'How late the publisher was, and how busy the load side',
          )
        : nothing
    }
    ${
      run.notes.length > 0
        ? html`<h3>Notes</h3><ul class="notes">${run.notes.map((note) => html`<li>${note}</li>`)}</ul>`
        : nothing
    }
  </section>`
}

const allOf = (run: RunFile, metric: string) =>
  (['latency', 'fan-out'] as const).flatMap((scenario) =>
    rowsOf(run, scenario).filter((row) => row.metric === metric),
  )

const checks = (all: readonly Check[]) =>
  scrollable(
    'Self-check',
    html`<table class="checks">
      <caption>Self-check: before anything was measured, the instrument was shown what is known</caption>
      <thead>
        <tr><th scope="col">Check</th><th scope="col">expected</th><th scope="col">read</th><th scope="col">passed</th></tr>
      </thead>
      <tbody>
        ${all.map(
          ({ what, expected, measured, tolerance, unit, passed }) => html`<tr>
            <th scope="row">${what}</th>
            <td>${digits(expected)}${tolerance > 0 ? ` ± ${digits(tolerance)}` : ''} ${unit === '1' ? '' : unit}</td>
            <td>${digits(measured)} ${unit === '1' ? '' : unit}</td>
            <td class=${passed ? 'better' : 'worse'}>${passed ? 'yes' : 'no'}</td>
          </tr>`,
        )}
      </tbody>
    </table>`,
  )

const settings = (run: RunFile) => html`<section id="settings" aria-labelledby="title-settings">
  <h2 id="title-settings">Settings and versions</h2>
  <div class="columns">
    ${pairs(
      'Every setting in force',
      Object.entries(run.settings).map(([name, value]) => [name, [value].flat().join(', ')]),
    )}
    <div>
      ${pairs('Versions', Object.entries(run.versions))}
      ${pairs('Machine', [
        ['processor', run.machine.cpu],
        ['cores', String(run.machine.cores)],
        ['memory', `${digits(run.machine.memoryBytes / 1e9)} GB`],
        ['system', run.machine.os],
        ['file descriptors', run.machine.fileDescriptors.toLocaleString('en')],
      ])}
    </div>
  </div>
</section>`

const dateTime = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short', hourCycle: 'h23' })
const moment = (iso: string): string => dateTime.format(new Date(iso))

const list = new Intl.ListFormat('en')
const listed = (words: readonly string[]): string => list.format(words)
