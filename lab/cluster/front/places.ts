/** Where the front listens, and what is behind it: the same for each that may stand there. */

export interface FrontPlaces {
  readonly folder: string
  readonly port: number
  /** Where the labs listen. */
  readonly servers: readonly number[]
  /** Where the control does. */
  readonly control: number
}
