/** What is wrong with a document, said so that an editor can jump there: `docs/x.md:12: …`. */

export interface Problem {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly what: string
}

/** All that is wrong at once: a writer who mends documents wants the whole list. */
export class DocsError extends Error {
  override readonly name = 'DocsError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ file, line, what }) => `${file}:${line}: ${what}`).join('\n'))
    this.problems = problems
  }
}
