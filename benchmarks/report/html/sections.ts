/** The report's scenarios, in the order in which a reader asks: each a question, its charts and its table. */
import { html, nothing, type TemplateResult } from 'lit'
import '../../../web/elements/line-plot.ts'
import type { RunFile } from '../../run-file.ts'
import type { ScenarioName } from '../../settings.ts'
import { loadInWords } from '../units.ts'
import { bytesOverRate, ecdf, growth, type Plot, percentilePlot, type Runs, spreads } from './plots.ts'
import { distributionsByLoad, rowsOf, wasMeasured } from './rows.ts'
import { figureTable } from './tables.ts'

interface Section {
  readonly scenario: ScenarioName
  readonly title: string
  /** How to read it, in a sentence or two. */
  readonly lead: string
  readonly plots: (runs: Runs) => readonly Plot[]
}

const SECTIONS: readonly Section[] = [
  {
    scenario: 'latency',
    title: 'Latency: publish to receive',
    lead: 'From the moment when a message was due to its receipt; all repetitions merged. Further left, and lower, is sooner.',
    plots: (runs) =>
      distributionsByLoad(runs.run, 'latency').flatMap(([{ at } = { at: {} }]) => [
        ecdf(runs, 'latency', at, 'How many had arrived by then'),
        percentilePlot(runs, 'latency', at, 'The slowest of them'),
      ]),
  },
  {
    scenario: 'connect',
    title: 'What a connection costs to open',
    lead: 'From the first packet to the first message, with that message already waiting.',
    plots: (runs) => [
      ...each(runs, 'connect', 'first-message-p50', 'Connect to first message, p50'),
      ...each(runs, 'connect', 'cpu-per-connection', 'Server CPU per connection'),
    ],
  },
  {
    scenario: 'idle',
    title: 'What an idle reader costs',
    lead: 'RSS of the server’s process: the kernel’s own memory for a socket is not in it. Here polling pays for asking.',
    plots: (runs) => [
      ...each(runs, 'idle', 'rss-per-connection', 'RSS per idle connection'),
      ...each(runs, 'idle', 'cpu-per-minute', 'Server CPU per idle client and minute'),
    ],
  },
  {
    scenario: 'wire',
    title: 'What a delivered message costs on the wire',
    lead: 'Bytes at the reader’s socket: headers, framing, empty answers. Without TLS, TCP and IP.',
    plots: (runs) => [bytesOverRate(runs)],
  },
  {
    scenario: 'fan-out',
    title: 'What a delivery costs the server',
    lead: 'One message to many. Between transports, CPU per delivery is the whole difference once many listen.',
    plots: (runs) => [
      ...growths(runs, 'cpu-per-delivery', 'Server CPU per delivery'),
      ...growths(runs, 'p99', 'Publish to receive, p99').slice(0, 1),
      ...offered(runs),
    ],
  },
  {
    scenario: 'request',
    title: 'Question and answer',
    lead: 'autocannon asks as fast as it is answered. What the server can do at most; latencies are of that load.',
    plots: (runs) =>
      each(runs, 'request', 'answers-per-second', 'Answers per second, as fast as autocannon asks'),
  },
  {
    scenario: 'storm',
    title: 'When every connection is cut at once',
    lead: 'All come back at once, name their place, and are caught up when they have the last message.',
    plots: (runs) => each(runs, 'storm', 'caught-up', 'All cut to all caught up'),
  },
]

/** One chart per load of that metric, of which there is mostly one. */
function each(runs: Runs, scenario: ScenarioName, metric: string, title: string): Plot[] {
  const rows = rowsOf(runs.run, scenario).filter((row) => row.metric === metric)
  return rows
    .map(({ at, load }) => spreads(runs, scenario, metric, at, rows.length > 1 ? `${title}, ${load}` : title))
    .filter(({ y }) => (y.names?.length ?? 0) > 1) // one alone is beside nothing
}

/** One chart per kind of load, over the subscribers; with a single number of them there is nothing that grows. */
function growths(runs: Runs, metric: string, title: string): Plot[] {
  const rows = rowsOf(runs.run, 'fan-out').filter(
    (row) => row.metric === metric && row.at.offered === undefined,
  )
  const bursts = [...new Set(rows.map(({ at }) => at.burst))]
  return bursts.flatMap((burst) => {
    const ours = rows.filter(({ at }) => at.burst === burst)
    const of = burst === undefined ? {} : { burst }
    const words = `${title}, ${burst === 1 || burst === undefined ? 'one by one' : `in bursts of ${burst}`}`
    if (ours.length > 1) {
      return [
        growth(runs, { scenario: 'fan-out', metric, load: 'subscribers', at: of }, words, 'subscribers'),
      ]
    }
    return ours.map(({ at }) => spreads(runs, 'fan-out', metric, at, `${words}, ${loadInWords(at)}`))
  })
}

/** What was asked for, and what came: where a line leaves the diagonal, the server could not keep up. */
function offered(runs: Runs): Plot[] {
  const rows = rowsOf(runs.run, 'fan-out').filter(({ at }) => at.offered !== undefined)
  if (new Set(rows.map(({ at }) => at.offered)).size < 2) return []
  const of = (metric: string, title: string) =>
    growth(
      runs,
      { scenario: 'fan-out', metric, load: 'offered', at: {} },
      title,
      'deliveries per second, offered',
    )
  return [
    of('deliveries-per-second', 'Deliveries per second, of those offered'),
    of('p99', 'Publish to receive, p99, under the load offered'),
  ]
}

export const scenarioSections = (runs: Runs): readonly TemplateResult[] =>
  SECTIONS.map((section) => sectionOf(section, runs))

function sectionOf({ scenario, title, lead, plots }: Section, runs: Runs): TemplateResult {
  const rows = rowsOf(runs.run, scenario)
  return html`<section id=${scenario} aria-labelledby="title-${scenario}">
    <h2 id="title-${scenario}">${title}</h2>
    ${
      wasMeasured(runs.run, scenario)
        ? html`<p class="lead">${lead}</p>
          ${plotsOf(plots(runs))}
          ${figureTable(runs, rows, `${title}: the figures`)}`
        : notMeasured(runs.run, scenario)
    }
  </section>`
}

export function notMeasured(run: RunFile, scenario: ScenarioName): TemplateResult {
  const why = run.interrupted ? 'The run ended before this was measured' : 'This run left it out'
  return html`<p class="absent">${why}: <code>npm run bench -- --scenario ${scenario}</code> measures it.</p>`
}

/** More rows than this need a higher chart. */
const MANY = 6

const plotsOf = (plots: readonly Plot[]) => {
  const shown = plots.filter(({ lines }) => lines.length > 0)
  if (shown.length === 0) return nothing
  return html`<div class="plots">
    ${shown.map(
      ({ title, lines, x, y }) => html`<figure class=${classOf(y)}>
        <figcaption>${title}</figcaption>
        <line-plot .lines=${lines} .x=${x} .y=${y} label="${title}; the table below has the figures"></line-plot>
      </figure>`,
    )}
  </div>`
}

const classOf = ({ names }: Plot['y']): string =>
  names === undefined ? 'curve' : names.length > MANY ? 'rows many' : 'rows'
