/** What is said of a defect, wherever it is planted: in the contract, in a demonstration, in a lane of a running lab. */
export interface DefectWords {
  /** Under which the catalogue has it (lab/verify/museum/catalogue.ts). */
  readonly name: string
  /** How people come to make it, in a sentence. */
  readonly story: string
  /** The name of the test that turns red. */
  readonly caughtBy: string
}

/** Of a defect that no other test sees: the test of the pitfall in a running lab (lab/verify/pitfalls). */
export const shownByPitfall = (pitfall: string): string =>
  `${pitfall} shows while it is on, and is gone when it is off`
