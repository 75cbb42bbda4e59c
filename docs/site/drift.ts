/**
 * What stands in the documents and no longer holds: code that differs from the source, and figures
 * that differ from the committed run.
 *
 * `npm run docs:build` fails for it, and the tests do. `npm start` does not: who tries something out in
 * the source of a transport must still be able to read about it.
 */
import { committedRun, DOCUMENTS, withFigures } from '../../benchmarks/docs.ts'
import { filesIn, textOf } from '../../lab/verify/rules/source-files.ts'
import { DocsError, type Problem } from './problems.ts'
import { synced } from './sync.ts'

/** @param read the Markdown of a file */
export function drift(files = documents(), read = textOf): Problem[] {
  const run = committedRun()
  return files.flatMap((file) => {
    const markdown = read(file)
    return [
      // A quotation whose source is gone is named by the build itself.
      ...differences(file, markdown, () => synced(file, markdown), 'npm run docs:sync', false),
      ...differences(file, markdown, () => withFigures(markdown, run, file), 'npm run bench:docs', true),
    ]
  })
}

const documents = () => [...new Set([...filesIn(['docs'], '.md'), ...DOCUMENTS])]

/** Where a document begins to differ from what it should be; and what is wrong with it, if that is asked for. */
function differences(
  file: string,
  is: string,
  make: () => string,
  command: string,
  tellsErrors: boolean,
): Problem[] {
  try {
    const should = make().split('\n')
    const line = is.split('\n').findIndex((text, index) => text !== should[index])
    return line < 0
      ? []
      : [{ file, line: line + 1, what: `this has changed since it was quoted (${command})` }]
  } catch (error) {
    if (!(error instanceof DocsError)) throw error
    return tellsErrors ? [...error.problems] : []
  }
}
