/** Which chapters this reader has done. Kept in this browser and nowhere else. */
const KEY = 'chapters-done'

export function showProgress(): void {
  const number = document.querySelector<HTMLElement>('main')?.dataset.chapter
  if (number !== undefined) addCheckbox(number)
  mark()
  addEventListener('storage', mark) // done in another tab
}

function addCheckbox(number: string): void {
  const label = document.createElement('label')
  const box = document.createElement('input')
  label.className = 'done'
  box.type = 'checkbox'
  box.checked = done().has(number)
  box.addEventListener('change', () => {
    const chapters = done()
    if (box.checked) chapters.add(number)
    else chapters.delete(number)
    keep(chapters)
    mark()
  })
  label.append(box, 'I have done this chapter')
  document.querySelector('article')!.after(label)
}

function mark(): void {
  const chapters = done()
  for (const item of document.querySelectorAll<HTMLElement>('.chapters [data-chapter]')) {
    const isDone = chapters.has(item.dataset.chapter!)
    item.classList.toggle('is-done', isDone)
    item.querySelector('.sr-only')?.remove()
    if (!isDone) continue
    const words = document.createElement('span')
    words.className = 'sr-only'
    words.textContent = ', done'
    item.querySelector('a')!.append(words)
  }
}

function done(): Set<string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return new Set(Array.isArray(kept) ? kept.map(String) : [])
  } catch {
    return new Set() // a browser that keeps nothing for us, or another program’s words under our key
  }
}

function keep(chapters: ReadonlySet<string>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([...chapters]))
  } catch {
    // It holds until the page is left.
  }
}
