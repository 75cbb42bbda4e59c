/** Parts of the inspector that are drawn from what they are given, and keep nothing. */
import { html, nothing } from 'lit'
import type { AcceptKey } from '../../../transports/_formats/annotate/accept-key.ts'
import { unmaskingSteps } from '../../../transports/_formats/annotate/web-socket.ts'
import type { FollowPart, Inspection } from '../protocol.ts'
import type { Flat, HexRow, Run } from './hex-rows.ts'

export interface Pointing {
  /** The annotation that is pointed at, by its place in the list; −1 for none. */
  readonly lit: number
  onPoint(index: number): void
}

export function hexTable(rows: readonly HexRow[], offset: number, { lit, onPoint }: Pointing) {
  const cell = (run: Run, content: string) =>
    html`<span
      class="run ${run.role} ${run.owner === lit && lit >= 0 ? 'lit' : ''}"
      @pointerenter=${() => onPoint(run.owner)}
      >${content}</span
    >`
  return html`<div class="hex" tabindex="0" role="region" aria-label="Bytes, in hexadecimal and as text">
    ${rows.map(
      (row) => html`<div class="row">
        <span class="offset">${(offset + row.offset).toString(16).padStart(6, '0')}</span>
        <span class="bytes">${row.runs.map((run) => cell(run, run.hex))}</span>
        <span class="chars">${row.runs.map((run) => cell(run, run.text))}</span>
      </div>`,
    )}
  </div>`
}

export function annotationList(list: readonly Flat[], hides: boolean, { lit, onPoint }: Pointing) {
  return html`<ol class="notes" aria-label="What the bytes say">
    ${list.map(({ annotation, depth }, index) => {
      const { name, value, meaning, problem, role, bits, isSecret, from, to, children } = annotation
      const isHidden =
        hides &&
        (isSecret || children.some((child) => child.isSecret || child.children.some((one) => one.isSecret)))
      const size = bits ? `${bits[1]} bit${bits[1] === 1 ? '' : 's'}` : `${to - from} B`
      return html`<li
        class="note ${role} ${index === lit ? 'lit' : ''}"
        data-depth=${Math.min(depth, 4)}
        @pointerenter=${() => onPoint(index)}
      >
        <button class="name" @focus=${() => onPoint(index)} @click=${() => onPoint(index)}>${name}</button>
        <code>${isHidden ? '········' : value}</code>
        <span class="size">${size}</span>
        <span class="meaning">${meaning}${problem === null ? nothing : html` <strong>${problem}</strong>`}</span>
      </li>`
    })}
  </ol>`
}

/** How much of it is what the application said, as two lengths and in words. */
export function sumBar({ payload, overhead }: { payload: number; overhead: number }) {
  const all = payload + overhead
  const percent = all === 0 ? 0 : Math.round((100 * payload) / all)
  return html`<div class="sum">
    <svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label=${`${percent} % payload`}>
      <rect class="payload" width=${percent} height="8"></rect>
      <rect class="overhead" x=${percent} width=${100 - percent} height="8"></rect>
    </svg>
    <p>
      <span class="key payload">${payload} B payload</span> + <span class="key overhead">${overhead} B overhead</span> =
      <strong>${all} B</strong> on the wire
    </p>
  </div>`
}

export function acceptSteps({ steps, said, agrees }: AcceptKey) {
  return html`<section class="steps">
    <p class="title">The accept key, step by step</p>
    <ol>
      ${steps.map(({ what, value }) => html`<li>${what}<br /><code>${value}</code></li>`)}
    </ol>
    <p>${said === null ? 'The server has not answered yet.' : html`The server said <code>${said}</code>: ${agrees ? 'the same. It has read the request.' : html`<strong>not the same. A client must fail the connection.</strong>`}`}</p>
  </section>`
}

export function unmasking({ bytes }: Inspection) {
  const steps = unmaskingSteps(bytes)
  if (steps.length === 0) return nothing
  const row = (name: string, cells: readonly string[]) =>
    html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td><code>${cell}</code></td>`)}</tr>`
  return html`<section class="steps">
    <p class="title">Unmasked: each byte XORed with a byte of the key</p>
    <table>
      <tbody>
        ${row(
          'masked',
          steps.map(({ masked }) => masked),
        )}
        ${row(
          'key',
          steps.map(({ key }) => key),
        )}
        ${row(
          'clear',
          steps.map(({ clear }) => clear),
        )}
        ${row(
          'text',
          steps.map(({ text }) => text),
        )}
      </tbody>
    </table>
  </section>`
}

/** Both directions as they passed, each in its colour. */
export function conversation(
  { parts, isCut }: { readonly parts: readonly FollowPart[]; readonly isCut: boolean },
  hides: boolean,
  open: (mark: number) => void,
) {
  return html`<div class="follow" tabindex="0" role="region" aria-label="The whole conversation, both directions">
    ${isCut ? html`<p>What came before is longer than is shown here, or no longer kept.</p>` : nothing}
    ${parts.map(
      ({ mark, bytes, secrets }) => html`<div class=${mark.direction}>
        <button @click=${() => open(mark.id)} aria-label=${`Open the bytes of ${mark.label}`}>${mark.direction === 'toServer' ? '→' : '←'}</button>
        <pre>${asText(bytes, hides ? secrets : [])}</pre>
      </div>`,
    )}
  </div>`
}

/** As text: what is no character is shown as its code, and what is to be hidden as dots. */
export function asText(bytes: Uint8Array, hidden: FollowPart['secrets'] = []): string {
  const shown = hidden.length > 0 ? bytes.slice() : bytes
  for (const { from, to } of hidden) shown.fill(0x2a, from, to)
  const text = new TextDecoder().decode(shown)
  return text
    .replaceAll('\r\n', '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, (one) => `⟨${one.charCodeAt(0).toString(16).padStart(2, '0')}⟩`)
}
