import { html, nothing } from 'lit'
import { until } from 'lit/directives/until.js'
import { copyBy } from '../elements/copy.ts'
import { isLimited } from '../tabs.ts'
import { version } from '../version.ts'
import { ownCertificate, SAVED } from './own-certificate.ts'

/** `$RANDOM` makes each call a new draft: the same `draftId` again would be the same message again. */
const afterCurl = (room: string) =>
  ` -H 'content-type: application/json' -d '{"draftId":"'$RANDOM'","author":"curl","text":"hello from a terminal"}' ${location.origin}/rooms/${room}/messages`

/** Over TLS, curl is told of a certificate that the lab has signed itself. */
const certificate = ownCertificate()
const belief = certificate.then((own) => own && ` --cacert '${(own.file ?? SAVED).replaceAll("'", "'\\''")}'`)
/** And where to get it, when it is in no file here. */
const toSave = certificate.then((own) =>
  own && own.file === null
    ? html`<p>First <a href="/certificate.pem" download=${SAVED}>save the lab's certificate</a> where you type.</p>`
    : '',
)

const SIX = `Over HTTP/1.1 a browser gives one server six connections, and each lane of this page that keeps a request open
  holds on to one of them. So the tab that you used last is connected, and of the others those that fit into what is left; under npm start
  -- --tls all of them are.`

export const pageFooter = (room: string) => html`<footer>
  <p><a href="/docs/">The course</a> tells what happens here: read, predict, run, measure.</p>
  <p>From a terminal, <code>curl</code> is a client like any other:</p>
  ${until(toSave, '')}
  <div class="command">
    <code id="curl" tabindex="0">curl${until(belief, '')}${afterCurl(room)}</code>
    <button type="button" @click=${({ currentTarget }: Event) => void copyBy(currentTarget as Element, document.getElementById('curl')!)} aria-describedby="curl">Copy</button>
  </div>
  <p class="small">
    Transport Lab ${version}. ${isLimited() ? SIX : nothing}
  </p>
</footer>`
