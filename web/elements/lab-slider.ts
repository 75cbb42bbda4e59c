/**
 * A slider whose steps are ratios: from 0.2 to 50, halving is as far as doubling. An ordinary
 * one would spend nine tenths of its length on values that few readers try first.
 */
import { css, html, LitElement } from 'lit'
import { live } from 'lit/directives/live.js'
import { shared } from '../../benchmarks/plots/shared-styles.ts'
import type { SliderSetting } from '../page/slider-settings.ts'

const STEPS = 100

/** Fires `turn`, a CustomEvent whose `detail` is the new value. */
export class LabSlider extends LitElement {
  static override properties = { setting: { attribute: false }, value: { type: Number } }
  declare setting: SliderSetting
  declare value: number

  override render() {
    const { label, inWords } = this.setting
    return html`<label>
      <span class="label">${label}</span>
      <output>${inWords(this.value)}</output>
      <input
        type="range"
        min="0"
        max=${STEPS}
        step="1"
        .value=${live(String(stepFor(this.value, this.setting)))}
        aria-label=${label}
        aria-valuetext=${inWords(this.value)}
        @input=${this.#turn}
      >
    </label>`
  }

  #turn(event: Event): void {
    this.value = valueAt(Number((event.target as HTMLInputElement).value), this.setting)
    this.dispatchEvent(new CustomEvent('turn', { detail: this.value }))
  }

  static override styles = [
    shared,
    css`
      label {
        display: grid;
        grid-template-columns: 1fr auto;
        column-gap: var(--gap-s);
        font-size: var(--size-s);
        line-height: 1.125rem;
      }
      .label {
        color: var(--muted);
      }
      output {
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      input {
        grid-column: 1 / -1;
        width: 100%;
        min-width: 0;
        height: 1.25rem;
        margin: 0;
        accent-color: var(--accent);
        cursor: pointer;
      }
    `,
  ]
}

/** From 0 there are no ratios: then the steps grow from small ones, so that the first values can still be told apart. */
const GROWTH = 3

const stepFor = (value: number, { min, max }: SliderSetting) =>
  Math.round(
    STEPS *
      (min > 0
        ? Math.log(value / min) / Math.log(max / min)
        : ((value - min) / (max - min || 1)) ** (1 / GROWTH)),
  )

/** Two digits are as fine as a hand can set. */
function valueAt(step: number, { min, max }: SliderSetting): number {
  const exact = min > 0 ? min * (max / min) ** (step / STEPS) : min + (max - min) * (step / STEPS) ** GROWTH
  const value = Number(exact.toPrecision(2))
  return step >= STEPS ? max : Math.min(max, Math.max(min, value))
}

customElements.define('lab-slider', LabSlider)
