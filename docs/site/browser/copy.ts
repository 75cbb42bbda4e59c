/** A button on each block of code that copies it. */
import { copyBy } from '../../../web/elements/copy.ts'

/** How long the button says what it did. */
const SAY_MS = 2_000

export function addCopyButtons(): void {
  for (const block of document.querySelectorAll('.code:not(.source)')) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.textContent = 'Copy'
    button.addEventListener('click', () => void copy(block.querySelector('pre')!, button))
    block.append(button)
  }
}

async function copy(pre: HTMLElement, button: HTMLButtonElement): Promise<void> {
  await copyBy(button, pre)
  setTimeout(() => (button.textContent = 'Copy'), SAY_MS)
}
