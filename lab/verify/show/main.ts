/** `npm run show`: a defect beside the code that does not have it, as two time lines. */
import { runCommandLine } from '../../command/options/command-line.ts'
import { say, terminal } from '../../command/terminal.ts'
import { CATALOGUE } from '../museum/catalogue.ts'
import { type Demonstration, record, verdictOn } from './demonstration.ts'
import { DEMONSTRATIONS, demonstrationOf } from './demonstrations/index.ts'
import { LINE } from './options.ts'
import { sideBySide } from './side-by-side.ts'

/** For a reader of a pipe or a file. */
const USUAL_COLUMNS = 110

const defectOf = ({ defect }: Demonstration) =>
  CATALOGUE.find(({ collection, name }) => collection === defect.collection && name === defect.name)!

/** @returns the exit code */
async function show(demonstration: Demonstration): Promise<number> {
  const { broken, sound, script, draw = (recording) => recording } = demonstration
  const left = await record(broken)
  const right = await record(sound)
  const columns = terminal.columnsOf('stdout') ?? USUAL_COLUMNS
  say(`${script}\n`)
  const sides = [
    { title: broken.name, entries: draw(left) },
    { title: sound.name, entries: draw(right) },
  ] as const
  for (const line of sideBySide(...sides, columns)) say(line)
  const verdict = verdictOn(demonstration, left, right)
  say(`\nLeft:  ${verdict.left.words}.`)
  say(`Right: ${verdict.right.words}.`)
  say(verdict.words)
  const { breaks, redTest, mend } = defectOf(demonstration)
  say(`\nThe defect: ${breaks.replace(/ \(phenomenon \d+\)/, '')}`)
  say(`The test that turns red by it: ${redTest}`)
  if (mend) say(`The line that keeps it out: ${mend.file}: ${mend.code}`)
  return verdict.where === 'left' ? 0 : 1
}

function list(): number {
  const width = Math.max(...DEMONSTRATIONS.map(({ name }) => name.length))
  for (const { name, script } of DEMONSTRATIONS) say(`${name.padEnd(width)}  ${script}`)
  return 0
}

await runCommandLine(LINE, (given) => {
  const demonstration = demonstrationOf(given)
  return demonstration ? show(demonstration) : list()
})
