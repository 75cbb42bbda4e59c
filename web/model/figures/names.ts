/** The figures at the foot of a lane, in their order, as a chapter of the course names those that it is about. */
export const FIGURES = [
  'last-latency',
  'median',
  'requests',
  'messages',
  'duplicates',
  'lost',
  'reconnects',
  'requests-per-message',
] as const
export type FigureName = (typeof FIGURES)[number]

/** Those that tell lanes apart. */
export const USUAL_FIGURES: readonly FigureName[] = ['last-latency', 'median', 'requests']
