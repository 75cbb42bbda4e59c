/** Pitfalls in words. */

/** A pitfall's name as a title, until the server has said its own: `no-cursor` is “No cursor”. */
const asTitle = (name: string): string => {
  const words = name.replaceAll('-', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

const titles = new Map<string, string>()

/** Remembers what the server calls them. */
export function rememberTitles(pitfalls: readonly { readonly name: string; readonly title: string }[]): void {
  for (const { name, title } of pitfalls) titles.set(name, title)
}

export const titleOf = (name: string): string => titles.get(name) ?? asTitle(name)

/** Where a line of the lab's source can be read: on the course's page of that file, scrolled to the line where the browser can. */
export const sourceUrl = ({ file, code }: { readonly file: string; readonly code: string }): string =>
  `/docs/${file.replace(/^docs\//, '')}.html#:~:text=${encodeURIComponent(code).replaceAll('-', '%2D')}`
