/** A source file as a page: so that a link to the code leads somewhere, on a train too. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { escapeHtml, highlight } from './highlight.ts'
import { root } from './source.ts'

export function sourcePage(path: string): string {
  const title = `<h1 class="path">${escapeHtml(path)}</h1>`
  const full = join(root, path)
  if (statSync(full).isDirectory()) {
    const names = readdirSync(full, { withFileTypes: true }).map((one) =>
      one.isDirectory() ? `${one.name}/` : one.name,
    )
    return `${title}<ul>${names.map((name) => `<li><code>${escapeHtml(name)}</code></li>`).join('')}</ul>`
  }
  const code = readFileSync(full, 'utf8').trimEnd()
  const lines = highlight(code, path.split('.').at(-1)!).map(
    (line, index) => `<span class="line" id="L${index + 1}">${line}</span>`,
  )
  return `${title}<div class="code source"><pre tabindex="0"><code>${lines.join('\n')}</code></pre></div>`
}
