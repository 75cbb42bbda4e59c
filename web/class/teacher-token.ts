/** The field for the teacher's token, wherever something is the teacher's. */
import { html } from 'lit'

/** @param onToken shows it to the server; what the server says of it is the caller's to tell */
export function teacherToken(onToken: (token: string) => unknown) {
  const onSubmit = (event: Event) => {
    event.preventDefault()
    const field = (event.target as HTMLFormElement).elements.namedItem('token') as HTMLInputElement
    onToken(field.value.trim())
  }
  return html`<form class="row" @submit=${onSubmit}>
    <label>The teacher’s token <input name="token" autocomplete="off" spellcheck="false"></label>
    <button>Use it</button>
  </form>`
}
