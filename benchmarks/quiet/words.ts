/** What is said of a machine that is not quiet: before measuring on the terminal, afterwards as notes of the run. */
import { digits } from '../report/units.ts'

/** Begins each note on the machine, by which the summary on the terminal finds it among the others. */
const MACHINE = 'the machine was not quiet'

export const isAboutMachine = (note: string): boolean => note.startsWith(MACHINE)

/** @param others CPU that other programs take, in cores */
export const othersInWords = (others: number, cores: number): string =>
  `other programs take ${digits(others)} of ${cores} cores`

export const busyBefore = (others: number, cores: number): string =>
  `${MACHINE} before measuring: ${othersInWords(others, cores).replace('take', 'took')}`

/** @param rounds those that stayed as they were, for example `fan-out 2` */
export const disturbed = (rounds: readonly string[], all: number, others: number, cores: number): string =>
  `${MACHINE} in ${rounds.length} of ${all} rounds (${few(rounds)}): ` +
  `${othersInWords(others, cores).replace('take', 'took')} at worst`

export const repeated = (rounds: readonly string[]): string =>
  `measured again, since other programs had been at work: ${rounds.join(', ')}`

const MOST_NAMES = 3
const few = (names: readonly string[]) =>
  names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(', ')}, …` : names.join(', ')
