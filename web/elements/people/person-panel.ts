/**
 * `<person-panel name="NAME">`: who I am, and how to hold a name. One click holds the name as a guest; all
 * else is behind a button, of which one is open at a time.
 */

import { html, LitElement, nothing } from 'lit'
import { ChatError } from '../../../lab/wire/errors.ts'
import { isolated } from '../../../lab/wire/names.ts'
import { me } from '../../me.ts'
import type { Person } from '../../model/me.ts'
import { panelStyles } from './person-panel-styles.ts'
import './person-tokens.ts'
import { shared } from '../../../benchmarks/plots/shared-styles.ts'
import { sentence } from '../../words.ts'

type Section = 'sign in' | 'passphrase' | 'another passphrase' | 'tokens'

/** As the server has it (lab/people/passphrases.ts), which has the last word. */
const MIN_PASSPHRASE = 15

export class PersonPanel extends LitElement {
  static override properties = {
    name: { type: String },
    open: { state: true },
    problem: { state: true },
    busy: { state: true },
  }
  /** Under which name I write while I have not signed in. */
  declare name: string
  declare open: Section | null
  declare problem: string | null
  declare busy: boolean
  #stop = () => {}

  constructor() {
    super()
    this.name = ''
    this.open = null
    this.problem = null
    this.busy = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stop = me.onChange(() => this.requestUpdate())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  override render() {
    const { person } = me
    return html`<section aria-label="Who I am">
      <p class="who" role="status">${person ? this.#aboutPerson(person) : this.#aboutVisitor()}${me.keepsNoCookie && !this.problem ? NO_COOKIE : nothing}</p>
      <div class="buttons">${person ? this.#personButtons(person) : this.#visitorButtons()}</div>
      <div class="over" ?hidden=${this.problem === null}>
        <p class="problem" role="alert" dir="auto">${this.problem ?? nothing}</p>
        <button @click=${() => (this.problem = null)} aria-label="Dismiss what went wrong">Dismiss</button>
      </div>
      ${this.open ? html`<div class="section" id="section">${this.#section(this.open, person)}</div>` : nothing}
    </section>`
  }

  #aboutVisitor() {
    return html`<span class="mark off" aria-hidden="true">○</span> You write <b>unsigned</b> as <bdi>${this.name}</bdi>: anybody could.`
  }

  #aboutPerson({ name, kind }: Person) {
    if (!me.isCertain) {
      return html`<span class="mark off" aria-hidden="true">○</span> You were <b><bdi>${name}</bdi></b>. Whether you still are, the server
        does not say: asking again.`
    }
    const words = kind === 'guest' ? 'as a guest: the name is yours in this browser' : 'as a member'
    return html`<span class="mark on" aria-hidden="true">●</span> You are <b><bdi>${name}</bdi></b>, ${words}.`
  }

  #visitorButtons() {
    return html`<button class="main" ?disabled=${this.busy} @click=${() => this.#act(() => me.signInAsGuest(this.name))}>
        Hold this name
      </button>
      ${this.#opener('sign in', 'Sign in or up')}`
  }

  #personButtons({ kind }: Person) {
    return html`${kind === 'guest' ? this.#opener('passphrase', 'Make it mine') : nothing}
      ${this.#opener('tokens', 'Tokens')}
      ${kind === 'guest' ? this.#opener('sign in', 'Sign in as another') : this.#opener('another passphrase', 'Change passphrase')}
      <button ?disabled=${this.busy} @click=${() => this.#act(me.signOut)} title=${kind === 'guest' ? GOODBYE : nothing}>
        Sign out
      </button>`
  }

  #opener(section: Section, words: string) {
    const isOpen = this.open === section
    return html`<button
      aria-expanded=${isOpen}
      aria-controls=${isOpen ? 'section' : nothing}
      @click=${() => {
        this.open = isOpen ? null : section
        this.problem = null
      }}
    >
      ${words}
    </button>`
  }

  #section(section: Section, person: Person | null) {
    if (section === 'tokens') return html`<person-tokens></person-tokens>`
    if (section === 'another passphrase') return this.#anotherPassphrase(person)
    return section === 'passphrase' ? this.#passphrase(person) : this.#signIn(person)
  }

  #signIn(person: Person | null) {
    return html`<form @submit=${this.#onSubmit}>
      <label>Name <input name="name" dir="auto" .value=${person ? '' : this.name} maxlength="64" autocomplete="username" required></label>
      <label>Passphrase
        <input name="passphrase" type="password" maxlength="256" autocomplete="current-password" required></label>
      <div class="buttons">
        <button class="main" name="as" value="sign in" ?disabled=${this.busy}>Sign in</button>
        <button name="as" value="sign up" ?disabled=${this.busy}>Sign up</button>
      </div>
      <p class="hint">To sign up, choose a passphrase of at least ${MIN_PASSPHRASE} characters: four words, say. The lab cannot tell
        it to you again.</p>
    </form>`
  }

  #passphrase(person: Person | null) {
    return html`<form @submit=${this.#onSubmit}>
      <input name="name" .value=${person?.name ?? ''} autocomplete="username" hidden>
      <label>A passphrase for ${isolated(person?.name ?? '')}
        <input name="passphrase" type="password" minlength=${MIN_PASSPHRASE} maxlength="256" autocomplete="new-password"
          aria-describedby="rule" required></label>
      <div class="buttons">
        <button class="main" name="as" value="sign up" ?disabled=${this.busy}>Set the passphrase</button>
      </div>
      <p class="hint" id="rule">At least ${MIN_PASSPHRASE} characters: four words, say. With it you can sign in from anywhere;
        the lab cannot tell it to you again.</p>
    </form>`
  }

  #anotherPassphrase(person: Person | null) {
    return html`<form @submit=${this.#onChange}>
      <input name="name" .value=${person?.name ?? ''} autocomplete="username" hidden>
      <label>Passphrase so far
        <input name="before" type="password" maxlength="256" autocomplete="current-password" required></label>
      <label>New passphrase
        <input name="passphrase" type="password" minlength=${MIN_PASSPHRASE} maxlength="256" autocomplete="new-password"
          aria-describedby="rule" required></label>
      <div class="buttons"><button class="main" ?disabled=${this.busy}>Change it</button></div>
      <p class="hint" id="rule">At least ${MIN_PASSPHRASE} characters. All your other browsers are signed out; tokens go on,
        and are taken back one by one.</p>
    </form>`
  }

  #onChange(event: SubmitEvent): void {
    event.preventDefault()
    const fields = new FormData(event.target as HTMLFormElement)
    const [before, passphrase] = [String(fields.get('before')), String(fields.get('passphrase'))]
    void this.#act(() => me.changePassphrase(before, passphrase))
  }

  #onSubmit(event: SubmitEvent): void {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const fields = new FormData(form, event.submitter)
    const [name, passphrase] = [String(fields.get('name')).trim(), String(fields.get('passphrase'))]
    const how = fields.get('as') === 'sign up' ? me.signUp : me.signIn
    void this.#act(() => how(name, passphrase))
  }

  async #act(act: () => Promise<void>): Promise<void> {
    const { open } = this
    this.busy = true
    this.problem = null
    try {
      await act()
      // Unless the reader has opened another part meanwhile.
      if (this.open === open) this.open = null
    } catch (thrown) {
      const { message, retryAfterS } = ChatError.from(thrown)
      me.refused(ChatError.from(thrown))
      this.problem = sentence(
        `${message}${retryAfterS === undefined ? '' : `; try again in ${retryAfterS} s`}`,
      )
    }
    this.busy = false
  }

  static override styles = [shared, panelStyles]
}

const NO_COOKIE = ' This browser keeps no cookie of this server: no name can be held in it.'
const GOODBYE = 'A guest who has written something cannot come back to the name: make it yours first'

customElements.define('person-panel', PersonPanel)
