import { html, nothing } from 'lit'
import { isLimited } from './tabs.ts'
import { version } from './version.ts'

/** `$RANDOM` makes each call a new draft: the same `draftId` again would be the same message again. */
const curlLine = (room: string) =>
  `curl -H 'content-type: application/json' -d '{"draftId":"'$RANDOM'","author":"curl","text":"hello from a terminal"}' ${location.origin}/rooms/${room}/messages`

const SIX = `Over HTTP/1.1 a browser gives one server six connections, and each tab of this page holds on to two of them.
  So two tabs are connected at a time, those that you used last; under npm start -- --tls all of them are.`

export const pageFooter = (room: string) => html`<footer>
  <p><a href="/docs/">The course</a> tells what happens here: read, predict, run, measure.</p>
  <p>From a terminal, <code>curl</code> is a client like any other:</p>
  <div class="command">
    <code id="curl" tabindex="0">${curlLine(room)}</code>
    <button type="button" @click=${copy} aria-describedby="curl">Copy</button>
  </div>
  <p class="small">
    Transport Lab ${version}. ${isLimited() ? SIX : nothing}
  </p>
</footer>`

/** A page that came by plain http from another machine has no clipboard; its reader presses the keys. */
async function copy(event: Event): Promise<void> {
  const button = event.currentTarget as HTMLButtonElement
  const command = document.getElementById('curl')!
  try {
    await navigator.clipboard.writeText(command.textContent!)
    button.textContent = 'Copied'
  } catch {
    getSelection()?.selectAllChildren(command)
    button.textContent = 'Selected: press Ctrl-C'
  }
}
