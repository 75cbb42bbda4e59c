/** Things to try, for someone who has come without a question. */
import { html } from 'lit'

/** @param isCluster whether a cluster has served the page: it has no wires to break, and servers to kill */
export const experiments = (isCluster: boolean) => html`<section class="experiments" aria-labelledby="try">
  <h2 id="try">Try this</h2>
  <ol>
    <li>
      <h3>Nothing is missed</h3>
      <p>Disconnect a lane, write in another, and reconnect. What was said meanwhile arrives, once and in order: the reader had kept its place.</p>
    </li>
    <li>
      <h3>The price of asking</h3>
      <p>Start the traffic and set the poll interval to 5 s. That lane’s latency spreads from almost nothing to 5 s; its requests per message fall.</p>
    </li>
    ${isCluster ? TO_A_CLUSTER : TO_A_SERVER}
  </ol>
</section>`

const TO_A_SERVER = html`<li>
    <h3>A line goes silent</h3>
    <p>Open “Break the network”, choose Silence, and break all lanes. Each still says “open”. Which is the first to notice, and how?</p>
  </li>
  <li>
    <h3>The server goes away</h3>
    <p>Stop the server with Ctrl-C, write in any lane, and start it again. Each lane returns by itself, and what you wrote is sent once.</p>
  </li>`

const TO_A_CLUSTER = html`<li>
    <h3>A server dies</h3>
    <p>Start the traffic and kill a server. Its lanes go on at another: which were at it, and what has one of them missed?</p>
  </li>
  <li>
    <h3>Too few are left to agree</h3>
    <p>Kill two of the three engine nodes, and write. Reading goes on; what you write waits and says so. Start one again.</p>
  </li>`
