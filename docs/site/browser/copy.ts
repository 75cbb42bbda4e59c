/** A button on each block of code that copies it. */

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

/** A page that came by plain http from another machine has no clipboard; its reader presses the keys. */
async function copy(pre: HTMLElement, button: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(pre.textContent ?? '')
    button.textContent = 'Copied'
  } catch {
    getSelection()?.selectAllChildren(pre)
    button.textContent = 'Selected: press Ctrl-C'
  }
  setTimeout(() => (button.textContent = 'Copy'), SAY_MS)
}
