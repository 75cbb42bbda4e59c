/** The report's program: reads the run that was written into the page, and shows it. */
import { nothing, render } from 'lit'
import { ForeignFile, readRun } from '../../calculator/read-run.ts'
import { subjectHues } from '../../plots/subject-symbol.ts'
import type { RunFile } from '../../run-file.ts'
import type { Chooser } from '../choosers.ts'
import type { JudgedGoal } from './goals.ts'
import { report } from './report.ts'

document.adoptedStyleSheets = [...document.adoptedStyleSheets, subjectHues.styleSheet!]

const run = dataIn<RunFile>('run')
const goals = dataIn<readonly JudgedGoal[]>('goals') ?? []
const choosers = dataIn<readonly Chooser[]>('choosers') ?? []
let other = dataIn<RunFile>('other')
let complaint: string | null = null

/** What html.ts wrote into this page. */
function dataIn<T>(id: string): T | null {
  const text = document.getElementById(id)?.textContent
  return text ? (JSON.parse(text) as T) : null
}

async function onFile(event: Event): Promise<void> {
  const file = (event.target as HTMLInputElement).files?.[0]
  if (!file) return
  try {
    other = readRun(await file.text(), file.name)
    complaint = null
  } catch (error) {
    // What was laid over before stays: the reader has not asked for its removal.
    complaint = error instanceof ForeignFile ? error.message : `${file.name} cannot be read.`
  }
  show()
}

function onRemove(): void {
  other = null
  complaint = null
  const input = document.getElementById('other-file')
  if (input instanceof HTMLInputElement) input.value = ''
  show()
}

function show(): void {
  const place = document.getElementById('report')!
  render(run ? report({ run, other }, { goals, choosers }, { onFile, onRemove, complaint }) : nothing, place)
}

// Paper is white: charts are redrawn for it, and again for the screen.
const { dataset } = document.documentElement
let theme: string | undefined
addEventListener('beforeprint', () => {
  theme = dataset.theme
  dataset.theme = 'light'
})
addEventListener('afterprint', () => {
  if (theme === undefined) delete dataset.theme
  else dataset.theme = theme
})

show()
