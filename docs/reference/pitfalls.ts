/** What is generated of pitfalls.md: a section for each pitfall of the list that the lab is handed. */
import { PITFALLS } from '../../lab/app/pitfalls/index.ts'
import type { Pitfall } from '../../lab/server/wires/pitfalls.ts'
import { RESTART } from '../../lab/server/wires/restart.ts'
import { FAULTS } from '../../lab/wires/faults/catalogue.ts'
import type { Step } from '../../lab/wires/pitfalls/control.ts'

const ABOUTS = [...FAULTS.map(({ about }) => about), RESTART]

export const pitfallSections = (): string => PITFALLS.map(sectionOf).join('\n\n')

function sectionOf({ name, title, models, report, lanes, brings, shows, redTest, mend }: Pitfall): string {
  const [repository, thread] = report.split('#')
  const file = mend.file.slice(mend.file.lastIndexOf('/') + 1)
  const where = lanes === 'all lanes' ? 'any lane' : lanes.map((lane) => `\`${lane}\``).join(', ')
  return [
    `### ${title}`,
    `${models} Met in [${report}](https://github.com/${repository}/issues/${thread}).`,
    [
      `- **Switch:** \`${name}\`, for ${where}.`,
      `- **What brings it out:** ${brings.length === 0 ? 'a quiet room.' : `${brings.map(stepInWords).join('; then ')}.`}`,
      `- **Where it shows:** ${shows}`,
      `- **The red test:** ${redTest.replaceAll('<', '&lt;')}`,
      `- **The mend:** [${file}](../../${mend.file}) has the line \`${mend.code}\`.`,
    ].join('\n'),
  ].join('\n\n')
}

function stepInWords(step: Step): string {
  if ('waitMs' in step) return `a wait of ${step.waitMs / 1_000} s`
  if ('say' in step) {
    const count = step.say.length === 1 ? 'a text' : `${step.say.length} texts`
    return `${count} written in ${step.by === 'lane' ? 'the lane' : 'another lane'}`
  }
  const about = ABOUTS.find(({ name }) => name === step.fault)
  const values = Object.entries(step.settings).map(([name, value]) => `${name} ${value}`)
  const lasts = step.seconds === null ? [] : [`for ${step.seconds} s`]
  const all = [...values, ...lasts]
  return `the fault “${about?.title ?? step.fault}”${all.length > 0 ? ` (${all.join(', ')})` : ''}`
}
