/**
 * Copies what an element shows. A page that came by plain http from another machine has no clipboard: there, the text is
 * selected, and its reader presses the keys.
 *
 * @returns whether it was copied
 */
export async function copyOrSelect(element: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(element.textContent ?? '')
    return true
  } catch {
    getSelection()?.selectAllChildren(element)
    return false
  }
}

/** Copies what an element shows, and has the button that was pressed say so. */
export async function copyBy(button: Element, element: Element): Promise<void> {
  button.textContent = copiedInWords(await copyOrSelect(element))
}

/** What a button says that has done so. */
export const copiedInWords = (isCopied: boolean): string => (isCopied ? 'Copied' : 'Selected: press Ctrl-C')
