/** What the card of a page's own servers says, in words, and what can be done to each now. */
import type { OneServer, ServerAction, ServersState } from '../../../lab/wires/servers/control.ts'
import { number } from '../../words.ts'
import { placeInWords } from '../cluster-words.ts'

export const SERVER_WORDS: Readonly<Record<OneServer['status'], string>> = {
  alive: 'serves',
  behind: 'is not ready',
  held: 'is held back',
  down: 'is down',
}

export const serverPlace = ({ status, applied, lag }: OneServer): string =>
  status === 'down' ? '' : placeInWords(applied, lag)

/** What comes of it for readers and writers, in a sentence. */
export function serversInWords({ servers, log }: ServersState): string {
  const up = servers.filter(({ status }) => status !== 'down')
  const writing =
    log.status === 'stopped'
      ? 'The log is stopped: what is written waits, and reading goes on.'
      : 'The log takes what is written.'
  if (up.length === 0) return 'No server is up: each request is cut as it comes.'
  return `${writing} The front sends each request to the next of ${number(up.length)} ${up.length === 1 ? 'server' : 'servers'}.`
}

/** What a button does now; null when it can do nothing. A button keeps its place. */
export function serverActions({ status }: OneServer): readonly { action: ServerAction; may: boolean }[] {
  const isUp = status !== 'down'
  return [
    { action: 'kill', may: isUp },
    { action: 'start', may: !isUp },
    { action: status === 'held' ? 'go on' : 'hold back', may: isUp },
  ]
}

export const logActions = ({
  status,
}: ServersState['log']): readonly { action: ServerAction; may: boolean }[] => [
  { action: status === 'stopped' ? 'go on' : 'stop', may: true },
]
