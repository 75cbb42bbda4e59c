/** The faults that a link names, with the one button that sets them: a link breaks nothing by being opened. */
import { html, nothing } from 'lit'
import { type FaultInAddress, whyNotHere } from '../../model/wires/fault-in-address.ts'
import type { FaultRequest } from '../../model/wires/wires.ts'
import type { WiresInfo } from '../../model/wires/wires-info.ts'
import { settingInWords } from '../words.ts'

export interface LinkedView {
  readonly faults: readonly FaultInAddress[]
  readonly info: WiresInfo
  readonly shortOf: (lane: string) => string
  /** All lanes share one port now, so that none has a wire of its own. */
  readonly isOnePort: boolean
  readonly onBreak: (faults: readonly FaultInAddress[]) => void
  readonly onForget: () => void
}

/** The order that sets it, for the reader's own connections alone. */
export function orderOf({ fault, lanes, settings, seconds }: FaultInAddress, info: WiresInfo): FaultRequest {
  const isOnce = info.faults.find(({ name }) => name === fault)?.isOnce
  return { fault, settings, lanes: lanes ?? 'all lanes', seconds: isOnce ? null : seconds, whose: 'mine' }
}

/** As “Latency (delay 300 ms) on SSE, WebSocket for 10 s”. */
export function faultInWords(
  { fault, lanes, settings, seconds }: FaultInAddress,
  { faults }: Pick<WiresInfo, 'faults'>,
  shortOf: (lane: string) => string,
): string {
  const about = faults.find(({ name }) => name === fault)
  const set = Object.entries(settings).map(([name, value]) => {
    const setting = about?.settings.find((one) => one.name === name)
    return setting ? `${setting.label.toLowerCase()} ${settingInWords(setting, value)}` : `${name} ${value}`
  })
  const where = lanes === null ? 'all lanes' : lanes.map(shortOf).join(', ')
  const time = about?.isOnce ? '' : seconds === null ? ' until it is healed' : ` for ${seconds} s`
  return `${about?.title ?? fault}${set.length > 0 ? ` (${set.join(', ')})` : ''} on ${where}${time}`
}

export function linkedFaults({ faults, info, shortOf, isOnePort, onBreak, onForget }: LinkedView) {
  if (faults.length === 0) return nothing
  const problems = new Map(faults.map((one) => [one, whyNotHere(one, info)]))
  const possible = faults.filter((one) => problems.get(one) === null)
  return html`<div class="linked" role="group" aria-label="Faults of the link">
    <p><b>The link names ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}.</b> It breaks nothing until you say so.</p>
    <ul>
      ${faults.map(
        (one) =>
          html`<li>${faultInWords(one, info, shortOf)}${
            problems.get(one) ? html`. <span class="note">${problems.get(one)}</span>` : nothing
          }</li>`,
      )}
    </ul>
    <div class="row">
      <button class="main" ?disabled=${possible.length === 0 || isOnePort} @click=${() => onBreak(possible)}>Break it so</button>
      <button @click=${onForget}>Take it out of the link</button>
    </div>
  </div>`
}
