/** Where the calculator was: a pointer to the page that it has now, and the target of old links to `#which-one`. */
import { html } from 'lit'
import { ref } from 'lit/directives/ref.js'

const ID = 'which-one'

export const chooserPointer =
  () => html`<section class="which-one" id=${ID} tabindex="-1" aria-labelledby="title-which-one" ${ref(meet)}>
  <h2 id="title-which-one">Which one for me?</h2>
  <p><a href="/choose">Set your numbers</a>, and get one answer from measured figures: which transport, and what it costs.</p>
</section>`

/** The browser looked for the target of the address before this page had drawn it. */
function meet(section?: Element): void {
  if (section && location.hash === `#${ID}`) requestAnimationFrame(() => section.scrollIntoView())
}
