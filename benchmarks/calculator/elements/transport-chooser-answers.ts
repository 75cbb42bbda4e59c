/** The calculator's answers: what each transport would cost, and how each number comes about. */
import { html, nothing } from 'lit'
import { subjectSwatch, symbolsOf } from '../../plots/subject-symbol.ts'
import { type Answer, QUANTITIES, type Quantity } from '../answer.ts'
import { bytes, cores, duration, perSecond } from '../words.ts'

const HOUR_S = 3_600
const MONTH_S = 30 * 24 * HOUR_S

export function answerTable(all: readonly Answer[]) {
  const symbols = symbolsOf(all.map(({ subject }) => subject))
  return html`<div class="scroll" role="region" tabindex="0" aria-label="What each would cost">
    <table>
      <caption>What each would cost, by the figures of this run. Small print: with the smallest and the largest of the measured samples.</caption>
      <thead>
        <tr>
          <th scope="col">Transport</th>
          <th scope="col">p99</th>
          <th scope="col">bytes per hour</th>
          <th scope="col">per month</th>
          <th scope="col">requests</th>
          <th scope="col">server CPU</th>
          <th scope="col">server memory</th>
        </tr>
      </thead>
      <tbody>
        ${all.map(
          ({
            subject,
            intervalMs,
            meetsLatency,
            quantities: { latency, bytes: traffic, requests, cpu, memory },
          }) => html`<tr>
            <th scope="row">
              ${subjectSwatch(symbols.get(subject.name)!)} ${subject.title}
              ${intervalMs === null ? nothing : html`<small>asking every ${duration(intervalMs)}</small>`}
            </th>
            <td>
              ${amount(latency, duration)}
              ${meetsLatency === null ? nothing : html`<small class=${meetsLatency ? 'good' : 'bad'}>${meetsLatency ? 'as wished' : 'too late'}</small>`}
            </td>
            <td>${amount(traffic, (value) => bytes(value * HOUR_S))}</td>
            <td><b>${traffic.status === 'measured' ? bytes(traffic.value * MONTH_S) : '–'}</b></td>
            <td>${amount(requests, perSecond)}</td>
            <td>
              ${amount(cpu, cores)}
              ${cpu.status === 'measured' && cpu.value > 1 ? html`<small class="bad">more than one process can use</small>` : nothing}
            </td>
            <td>${amount(memory, bytes)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>
  ${remarks(all)}`
}

export function workings(all: readonly Answer[]) {
  return html`<details>
    <summary>How each number comes about</summary>
    ${FORMULAS}
    ${all.map(
      ({ subject, quantities }) => html`<h3>${subject.title}</h3>
        <dl>
          ${QUANTITIES.map((name) => {
            const quantity = quantities[name]
            return html`<dt>${name === 'cpu' ? 'CPU' : name}</dt>
              <dd>
                ${quantity.status === 'measured' ? quantity.working : `not measured: npm run bench -- --scenario ${quantity.scenario}`}
                ${quantity.status === 'measured' && quantity.beyond.length > 0 ? html`<br><em>Beyond what was measured: ${quantity.beyond.join('; ')}.</em>` : nothing}
              </dd>`
          })}
        </dl>`,
    )}
  </details>`
}

/** In which respects the answers go beyond what was measured, each said once. */
function remarks(all: readonly Answer[]) {
  const about = new Map<string, Set<string>>()
  for (const { subject, quantities } of all) {
    for (const quantity of Object.values(quantities)) {
      if (quantity.status !== 'measured') continue
      for (const remark of quantity.beyond)
        about.set(remark, (about.get(remark) ?? new Set()).add(subject.title))
    }
  }
  if (about.size === 0) return nothing
  return html`<p class="remarks"><span class="beyond">*</span> Beyond what was measured:</p>
    <ul class="words small">
      ${[...about].map(([remark, subjects]) => html`<li>${list.format(subjects)}: ${remark}.</li>`)}
    </ul>`
}

const list = new Intl.ListFormat('en')

/** A figure with its range, or which scenario would measure it. */
function amount(quantity: Quantity, inWords: (value: number) => string) {
  if (quantity.status === 'not measured') {
    return html`<span class="none">not measured</span><small>--scenario ${quantity.scenario}</small>`
  }
  const { value, range, beyond } = quantity
  const [low, high] = range.map(inWords) as [string, string]
  // "14 MB to 16.9 MB", but "0.238 to 0.301 % of a core".
  const unit = low.replace(/^[\d.,]+/, '')
  const from =
    high.endsWith(unit) && /^[\d.,]+$/.test(high.slice(0, high.length - unit.length))
      ? low.slice(0, low.length - unit.length)
      : low
  return html`<b>${inWords(value)}</b>${beyond.length > 0 ? html`<span class="beyond">*<span class="sr-only"> see below</span></span>` : nothing}
    ${low === high ? nothing : html`<small>${from} to ${high}</small>`}`
}

const FORMULAS = html`<ul>
  <li>
    <b>Latency</b> is the p99 from publishing to receiving, between the measured numbers of subscribers on a logarithmic
    scale. It was measured on one machine: your network’s way there is to be added. A client that polls on a clock waits in
    proportion to the interval; left empty, the interval is the longest that meets the wish.
  </li>
  <li>
    <b>Bytes and requests</b> are those of one client, straight between the measured message rates (beginning with what passes
    when nothing is published), times the clients. For one that polls on a clock: per response, over the messages that have
    gathered since the last. Another size of message changes each delivery by the difference; text that JSON must escape
    costs more.
  </li>
  <li>
    <b>CPU</b> is deliveries × CPU per delivery, plus what an idle client costs, or what each question costs. Nothing is
    added for publishing, which all transports share.
  </li>
  <li><b>Memory</b> is clients × RSS per idle connection. The kernel’s memory for sockets is not in it.</li>
</ul>`
