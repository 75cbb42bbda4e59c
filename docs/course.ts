/** The course, in the order in which it is read. A chapter without a file is to come, and says so. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Chapter {
  /** One that has grown to several has a letter besides. */
  readonly number: number | string
  readonly title: string
  /** In `docs/chapters/`; null while it is not written. */
  readonly file: string | null
}

export const CHAPTERS: readonly Chapter[] = [
  { number: 0, title: 'Start here', file: '00-start-here.md' },
  { number: 1, title: 'Sockets, TCP, HTTP', file: '01-sockets-tcp-http.md' },
  { number: 2, title: 'Short polling', file: '02-short-polling.md' },
  { number: 3, title: 'Long polling', file: '03-long-polling.md' },
  { number: 4, title: 'Streams and server-sent events', file: '04-server-sent-events.md' },
  { number: 5, title: 'WebSocket', file: '05-websocket.md' },
  { number: 6, title: 'A WebSocket by hand', file: '06-a-websocket-by-hand.md' },
  { number: 7, title: 'Choosing', file: '07-choosing.md' },
  { number: 8, title: 'Promises', file: '08-promises.md' },
  { number: '9a', title: 'Who', file: '09a-who.md' },
  { number: '9b', title: 'Who may', file: '09b-who-may.md' },
  { number: '9c', title: 'Who is here', file: '09c-who-is-here.md' },
  { number: 10, title: 'Safety', file: '10-safety.md' },
  { number: 11, title: 'When the network misbehaves', file: '11-when-the-network-misbehaves.md' },
  { number: 12, title: 'Measuring honestly', file: '12-measuring-honestly.md' },
  { number: 13, title: 'Growing to many servers', file: '13-growing-to-many-servers.md' },
  { number: 14, title: 'Beyond', file: '14-beyond.md' },
  { number: 15, title: 'Build your own', file: '15-build-your-own.md' },
]

/** Pages to look things up in. */
export const REFERENCE: readonly { readonly title: string; readonly file: string }[] = [
  { title: 'How the lab is built', file: 'docs/architecture.md' },
  { title: 'The protocol', file: 'docs/reference/protocol.md' },
  { title: 'Errors', file: 'docs/reference/errors.md' },
  { title: 'The contract', file: 'docs/reference/contract.md' },
  { title: 'All options', file: 'docs/reference/options.md' },
  { title: 'From a backend', file: 'docs/reference/from-a-backend.md' },
  { title: 'What holds under attack', file: 'docs/reference/guarantees.md' },
  { title: 'Behind a proxy', file: 'docs/deploy/README.md' },
  { title: 'Clients in other languages', file: 'docs/clients/README.md' },
  { title: 'The museum of bugs', file: 'docs/museum.md' },
  { title: 'The lab page’s address', file: 'docs/reference/address.md' },
  { title: 'The lab page, view by view', file: 'docs/reference/views.md' },
  { title: 'Pitfalls', file: 'docs/reference/pitfalls.md' },
  { title: 'Benchmarks', file: 'docs/reference/benchmarks.md' },
  { title: 'Beside other instruments', file: 'docs/reference/other-instruments.md' },
  { title: 'Exercises', file: 'docs/exercises/README.md' },
  { title: 'Glossary', file: 'docs/reference/glossary.md' },
  { title: 'For teachers', file: 'docs/teaching.md' },
  { title: 'Decisions', file: 'docs/decisions/README.md' },
  { title: 'How the course is written', file: 'docs/STYLE.md' },
]

export const fileOf = ({ file }: Chapter): string | null => file && `docs/chapters/${file}`

/** What a beginner needed for one, on average, over the first twelve. */
export const MINUTES_PER_EXERCISE = 15

/** The numbers of the exercises that belong to a chapter, as the list of exercises says. */
export function exercisesOf({ file }: Chapter): string[] {
  const list = readFileSync(join(import.meta.dirname, 'exercises/README.md'), 'utf8')
  return list.split('\n').flatMap((line) => {
    const number = /^\| (\d\d) \|/.exec(line)?.[1]
    return number && line.includes(`(../chapters/${file})`) ? [number] : []
  })
}
