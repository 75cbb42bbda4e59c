/** `<person-tokens>`: what I have given to programs. A new one is shown once, to be copied. */

import { css, html, LitElement, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { ChatError } from '../../../lab/wire/errors.ts'
import { isolated } from '../../../lab/wire/names.ts'
import { me } from '../../me.ts'
import type { Scope, Token } from '../../model/me.ts'
import { panelStyles } from './person-panel-styles.ts'

const SCOPES: readonly Scope[] = ['read', 'write', 'moderate']

export class PersonTokens extends LitElement {
  static override properties = {
    tokens: { state: true },
    made: { state: true },
    problem: { state: true },
    copied: { state: true },
  }
  /** Null until the server has been asked. */
  declare tokens: readonly Token[] | null
  /** The secret of the newest. */
  declare made: string | null
  declare problem: string | null
  declare copied: boolean

  constructor() {
    super()
    this.tokens = null
    this.made = null
    this.problem = null
    this.copied = false
  }

  #stop = () => {}
  /** Whose tokens are shown. */
  #of: string | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stop = me.onChange(() => this.#onPerson())
    this.#onPerson()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  /** Nothing that was another person's stays in view. */
  #onPerson(): void {
    if (this.#of === me.person?.id) return
    this.#of = me.person?.id
    this.tokens = null
    this.made = null
    if (me.person) void this.#act(async () => {})
  }

  override render() {
    return html`
      <p class="hint">A token lets a program speak for you, and do no more than you say here
        (<a href="/docs/reference/from-a-backend.html">an example</a>).</p>
      ${this.#list()}
      <form @submit=${this.#onSubmit}>
        <label>For which program? <input name="label" dir="auto" maxlength="64" autocomplete="off" required></label>
        <label>Only in this room, if any
          <input name="room" maxlength="64" autocomplete="off" autocapitalize="off" spellcheck="false"></label>
        <fieldset>
          <legend>It may</legend>
          ${SCOPES.map(
            (scope) => html`<label class="scope">
              <input type="checkbox" name="scope" value=${scope} ?checked=${scope === 'write'}> ${scope}
            </label>`,
          )}
        </fieldset>
        <button class="main">Make a token</button>
      </form>
      <p class="problem" role="alert" dir="auto">${this.problem ?? nothing}</p>
      <div role="status">${this.made ? this.#secret(this.made) : nothing}</div>
    `
  }

  #list() {
    if (this.tokens === null) return nothing
    if (this.tokens.length === 0) return html`<p class="hint">You have given none.</p>`
    return html`<ul>
      ${repeat(
        this.tokens,
        ({ id }) => id,
        ({ id, label, scopes, room }) => html`<li>
          <span><b><bdi>${label}</bdi></b> may ${scopes.join(', ')}${room ? ` in ${room}` : ''}</span>
          <button @click=${() => this.#act(() => me.revokeToken(id))} aria-label=${`Take back ${isolated(label)}`}>Take back</button>
        </li>`,
      )}
    </ul>`
  }

  #secret(secret: string) {
    return html`<p class="hint">Copy it now: it is not shown again.</p>
      <p class="secret"><code>${secret}</code> <button @click=${this.#copy}>${this.copied ? 'Copied' : 'Copy'}</button></p>`
  }

  async #copy(): Promise<void> {
    if (this.made === null) return
    try {
      await navigator.clipboard.writeText(this.made)
      this.copied = true
    } catch {
      this.problem = 'This browser does not let the page copy: mark the token and copy it yourself.'
    }
  }

  #onSubmit(event: SubmitEvent): void {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const fields = new FormData(form)
    const scopes = SCOPES.filter((scope) => fields.getAll('scope').includes(scope))
    const room = String(fields.get('room')).trim()
    const label = String(fields.get('label')).trim()
    const of = this.#of
    void this.#act(async () => {
      const made = await me.giveToken(label, scopes, room === '' ? null : room)
      if (of === this.#of) this.made = made
      this.copied = false
      // Unless another has been begun meanwhile.
      if (String(new FormData(form).get('label')).trim() === label) form.reset()
    })
  }

  /** Does it, and shows what there is after it. */
  async #act(act: () => Promise<void>): Promise<void> {
    this.problem = null
    const of = this.#of
    const failed = (thrown: unknown) => {
      const error = ChatError.from(thrown)
      me.refused(error)
      if (of === this.#of) this.problem ??= `${error.message}.`
    }
    await act().catch(failed)
    // Also after a refusal: another tab may have taken it back.
    const mine = ++this.#looks
    const tokens = await me.tokens().catch(failed)
    if (tokens && of === this.#of && mine === this.#looks) this.tokens = tokens
  }
  /** An answer to a question that is not the last one says what was. */
  #looks = 0

  static override styles = [
    shared,
    panelStyles,
    css`
      :host {
        display: grid;
        gap: var(--gap-m);
        font-size: var(--size-m);
      }
      a {
        color: inherit;
      }
      ul {
        display: grid;
        gap: var(--gap-s);
        list-style: none;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--gap-xs) var(--gap-m);
        max-width: 40rem;
        overflow-wrap: anywhere;
      }
      fieldset {
        display: flex;
        gap: var(--gap-m);
        min-width: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0;
        color: var(--muted);
        font-size: var(--size-s);
        line-height: 1rem;
      }
      .scope {
        display: flex;
        flex: none;
        align-items: center;
        gap: 0.25rem;
        height: 2rem;
        color: var(--ink);
        font-size: var(--size-m);
      }
      .secret {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--gap-s);
        margin-top: var(--gap-xs);
      }
      code {
        min-width: 0;
        padding: var(--gap-xs) var(--gap-s);
        overflow-wrap: anywhere;
        font-size: var(--size-s);
        background: var(--sunken);
        border: 1px solid var(--rule);
        border-radius: var(--radius);
      }
    `,
  ]
}

customElements.define('person-tokens', PersonTokens)
