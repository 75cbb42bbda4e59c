/** What the card says of a cluster, in words. */
import type { Action, ClusterState, EngineState, ServerState } from '../../lab/cluster/control/words.ts'
import { number } from '../words.ts'

export const STATUS_WORDS: Readonly<Record<ServerState['status'] | EngineState['status'], string>> = {
  down: 'is down',
  starting: 'starts',
  alive: 'serves',
  behind: 'is not ready',
  leaving: 'is leaving',
  frozen: 'stands still',
}

/** How far it is in the log. */
export function placeInWords(place: number | null, lag: number | null): string {
  if (place === null) return 'does not say how far it is'
  const behind = lag === null || lag === 0 ? '' : `, ${number(lag)} behind`
  return `entry ${number(place)}${behind}`
}

/** The same of a server; of one that is leaving, how many still read there; '' of one that cannot say. */
export function serverInWords({ status, applied, lag, readers }: ServerState): string {
  if (status === 'down' || status === 'frozen') return ''
  return status === 'leaving' && readers !== null
    ? `${number(readers)} ${readers === 1 ? 'reader' : 'readers'} left`
    : placeInWords(applied, lag)
}

/** Of a node of the engine. */
export const nodeInWords = ({ status, position, lag }: EngineState): string =>
  status === 'down' || status === 'frozen' ? '' : placeInWords(position, lag)

/** What comes of it for readers and writers, in a sentence. */
export function sumInWords({ engines, servers, quorum }: ClusterState): string {
  const answering = engines.filter(({ status }) => status === 'alive').length
  const leader = engines.find(({ leads }) => leads)
  const serving = servers.filter(({ status }) => status === 'alive').length
  const at = `${number(serving)} of ${number(servers.length)} ${servers.length === 1 ? 'server serves' : 'servers serve'}`
  // Nothing tells the front that it stands still: it takes connections as before.
  const still = servers.filter(({ status }) => status === 'frozen').map(({ name }) => name)
  const asks =
    still.length === 0 ? '' : ` The front still asks ${still.join(' and ')}, and waits for its answer.`
  if (answering < quorum)
    return `No majority: ${number(answering)} of ${number(engines.length)} engine nodes ${answering === 1 ? 'answers' : 'answer'}, and ${number(quorum)} must. Nothing can be written; reading goes on. ${at}.${asks}`
  if (!leader) return `No engine node leads now: what is written waits; reading goes on. ${at}.${asks}`
  return `${leader.name} leads. ${at}.${asks}`
}

/** What can be done to it now. */
export function mayBe(action: Action, { status }: ServerState | EngineState): boolean {
  switch (action) {
    case 'kill':
      return status !== 'down'
    case 'freeze':
      return status === 'alive' || status === 'behind' || status === 'leaving'
    case 'go on':
      return status === 'frozen'
    case 'start':
      return status === 'down' || status === 'leaving'
    case 'drain':
      return status === 'alive' || status === 'behind'
  }
}
