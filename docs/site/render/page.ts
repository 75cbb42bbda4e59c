/** The frame around every page of the course: where one is, where one can go, and nothing that needs a script to be read. */
import { CHAPTERS, type Chapter, exercisesOf, fileOf, MINUTES_PER_EXERCISE, REFERENCE } from '../../course.ts'
import { urlOf } from '../urls.ts'
import { escapeHtml } from './highlight.ts'
import type { Heading, Minutes } from './render.ts'

export interface PageContent {
  /** The path of what is shown, from the root of the repository. */
  readonly file: string
  readonly title: string
  readonly html: string
  readonly headings: readonly Heading[]
  /** Null for what is looked up and not read. */
  readonly minutes: Minutes | null
}

export function page({ file, title, html, headings, minutes }: PageContent): string {
  const chapter = CHAPTERS.find((one) => fileOf(one) === file)
  const name = file === 'docs/README.md' ? title : `${title} · Transport Lab`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(name)}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/assets/docs.css">
<script type="module" src="/docs/assets/main.js"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
<header class="top">
<p><a class="home-link" href="/docs/">Transport Lab: the course</a></p>
<p class="tools"><a class="to-chapters" href="#chapters">All chapters</a> <a href="/">Open the lab</a></p>
</header>
<div class="columns">
<main id="content" tabindex="-1"${chapter ? ` data-chapter="${chapter.number}"` : ''}>
<article>
${chapter && minutes ? aboutChapter(chapter, minutes) : ''}
${html}
</article>
${chapter ? neighbours(chapter) : ''}
</main>
${outline(headings)}
${contents(file)}
</div>
</body>
</html>
`
}

function aboutChapter(chapter: Chapter, minutes: Minutes): string {
  const exercises = exercisesOf(chapter).length
  const parts = [`${minutes.read} to read`, `${minutes.try} to try`]
  if (exercises > 0)
    parts.push(
      `${exercises * MINUTES_PER_EXERCISE} for ${exercises === 1 ? 'its exercise' : `its ${exercises} exercises`}`,
    )
  return `<p class="about">Chapter ${chapter.number} · minutes: ${parts.join(', ')}</p>`
}

/** The sidebar. It stands behind the text in the document, so that a reader with a screen reader or a phone meets the text first. */
function contents(file: string): string {
  const chapters = CHAPTERS.map((chapter) => {
    const target = fileOf(chapter)
    const label = `<span class="number">${chapter.number}</span> ${escapeHtml(chapter.title)}`
    if (!target) return `<li class="to-come">${label} <small>to come</small></li>`
    return `<li data-chapter="${chapter.number}">${linkTo(target, label, file)}</li>`
  })
  const reference = REFERENCE.map(
    ({ title, file: target }) => `<li>${linkTo(target, escapeHtml(title), file)}</li>`,
  )
  return `<nav id="chapters" class="chapters" aria-label="Course">
<h2>Chapters</h2>
<ol>${chapters.join('\n')}</ol>
<h2>To look up</h2>
<ul>${reference.join('\n')}</ul>
</nav>`
}

const linkTo = (target: string, label: string, current: string) =>
  `<a href="${urlOf(target)}"${target === current ? ' aria-current="page"' : ''}>${label}</a>`

function outline(headings: readonly Heading[]): string {
  const sections = headings.filter(({ level }) => level === 2)
  if (sections.length < 2) return '<div class="outline"></div>'
  const items = sections.map(({ id, text }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`)
  return `<nav class="outline" aria-label="On this page"><h2>On this page</h2><ol>${items.join('\n')}</ol></nav>`
}

function neighbours(chapter: Chapter): string {
  const written = CHAPTERS.filter(({ file }) => file !== null)
  const index = written.indexOf(chapter)
  const link = (one: Chapter | undefined, rel: string, word: string) =>
    one
      ? `<a rel="${rel}" href="${urlOf(fileOf(one)!)}"><small>${word}</small> ${escapeHtml(one.title)}</a>`
      : '<span></span>'
  return `<nav class="neighbours" aria-label="Next and previous chapter">
${link(written[index - 1], 'prev', 'Back')}
${link(written[index + 1], 'next', 'Next')}
</nav>`
}
