/** Things to try, for someone who has come without a question. */
import { html } from 'lit'

export const experiments = () => html`<section class="experiments" aria-labelledby="try">
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
    <li>
      <h3>A line goes silent</h3>
      <p>Open “Break the network”, choose Silence, and break all lanes. Each still says “open”. Which is the first to notice, and how?</p>
    </li>
    <li>
      <h3>The server goes away</h3>
      <p>Stop the server with Ctrl-C, write in any lane, and start it again. Each lane returns by itself, and what you wrote is sent once.</p>
    </li>
  </ol>
</section>`
