/** A link on each heading to itself, for a reader who wants to send it to another. */
export function addAnchors(): void {
  for (const heading of document.querySelectorAll<HTMLElement>('article :is(h2, h3)[id]')) {
    const link = document.createElement('a')
    link.className = 'anchor'
    link.href = `#${heading.id}`
    link.textContent = '#'
    link.setAttribute('aria-label', `Link to “${heading.textContent}”`)
    heading.append(link)
  }
}
