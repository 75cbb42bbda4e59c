/** Where a file of the repository is found on the site. */
import { posix } from 'node:path'

/** `docs/` is the site's own root, so its folder is left out; all other files keep their path. */
export function urlOf(file: string): string {
  const path = file.replace(/^docs\//, '')
  if (path === 'README.md' && file === 'docs/README.md') return '/docs/'
  if (path.endsWith('.md')) return `/docs/${path.replace(/\.md$/, '.html')}`
  if (/\.(png|svg|jpg|webp)$/.test(path)) return `/docs/${path}`
  return `/docs/${path.replace(/\/$/, '')}.html`
}

/** The file to write for {@link urlOf}, below the site's folder. */
export const outputOf = (file: string): string =>
  urlOf(file)
    .replace(/^\/docs\//, '')
    .replace(/^$/, 'index.html')

/** What a relative link in `file` means: a path in the repository and an anchor. Null for a link that leaves it. */
export function targetOf(file: string, href: string): { path: string; anchor: string | null } | null {
  if (/^[a-z]+:|^\//i.test(href)) return null
  const [path, anchor = null] = href.split('#') as [string, string?]
  const target = path === '' ? file : posix.normalize(posix.join(posix.dirname(file), path))
  return { path: target.replace(/\/$/, ''), anchor }
}
