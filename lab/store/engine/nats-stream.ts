/**
 * The one stream of NATS JetStream that is the log: found, or made by the first server that comes.
 *
 * What it is stands in its description, since a stream has no metadata before nats-server 2.10: that it is ours, in which
 * format, and the name of the log. The name is drawn by the server that makes the stream, so a stream that is made again has another.
 */
import {
  DiscardPolicy,
  type JetStreamClient,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
  type StreamState,
} from '@nats-io/jetstream'
import { base36 } from '../../wire/base36.ts'
import { EngineError, type Position, REPEAT_MS } from './engine.ts'
import { API, apiCode, unavailable, unusable } from './nats-errors.ts'
import { FORMAT } from './turn.ts'

/** The stream, once it is open. */
export interface OpenStream {
  readonly js: JetStreamClient
  readonly jsm: JetStreamManager
  readonly stream: string
  /** The name of the log. */
  readonly log: string
}

export interface StreamOptions {
  readonly name: string
  /** How many servers of NATS keep each entry: 1, 3 or 5. */
  readonly replicas: number
  /** Most bytes of the log; -1 for what NATS allows. */
  readonly maxBytes: number
}

const NANOS_PER_MS = 1_000_000
const DESCRIPTION = /^Transport Lab, log ([a-z0-9]{1,32}), format (\d+)$/

/** @returns the name of the log @throws EngineError `unusable`; what NATS says, when it does not answer */
export async function openStream(jsm: JetStreamManager, options: StreamOptions): Promise<string> {
  const info = (await infoOf(jsm, options.name)) ?? (await make(jsm, options))
  return check(info, options)
}

/** @throws EngineError `unavailable` for what is not to be believed; what NATS says, when it does not answer */
export async function infoOf(jsm: JetStreamManager, name: string): Promise<StreamInfo | null> {
  let info: StreamInfo
  try {
    info = await jsm.streams.info(name)
  } catch (error) {
    if (apiCode(error) === API.notFound) return null
    throw error
  }
  if (!leads(info)) throw unavailable('a server of NATS answers that the others do not hear')
  return info
}

/** As {@link infoOf} says it. @throws EngineError `other-log` when there is no stream */
export async function stateOf({ jsm, stream }: Pick<OpenStream, 'jsm' | 'stream'>): Promise<StreamState> {
  const info = await infoOf(jsm, stream)
  if (!info) throw new EngineError('other-log', 'the stream of the log is gone')
  return info.state
}

/**
 * A leader that is cut off goes on answering for ten seconds and more (seen with nats-server 2.9.10), from what it knew, while
 * another one takes entries. So it is believed only while a majority has been heard of within less time than they wait before they
 * elect another: four seconds.
 */
const HEARD_WITHIN_MS = 3_000

function leads({ config, cluster }: StreamInfo): boolean {
  const { num_replicas: replicas } = config
  if (replicas <= 1) return true
  const heard = (cluster?.replicas ?? []).filter(({ active }) => active < HEARD_WITHIN_MS * NANOS_PER_MS)
  return heard.length + 1 > replicas / 2
}

/** Whether an entry is there: neither trimmed nor erased, nor beyond the end. */
export async function has(of: Pick<OpenStream, 'jsm' | 'stream'>, seq: Position): Promise<boolean> {
  const { first_seq: first, last_seq: last } = await stateOf(of)
  return seq >= first && seq <= last && (await of.jsm.streams.getMessage(of.stream, { seq })) !== null
}

async function make(jsm: JetStreamManager, { name, replicas, maxBytes }: StreamOptions): Promise<StreamInfo> {
  const log = base36(crypto.getRandomValues(new Uint8Array(10)))
  const config: Partial<StreamConfig> & { name: string } = {
    name,
    subjects: [subjectOf(name, log)],
    description: `Transport Lab, log ${log}, format ${FORMAT}`,
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    num_replicas: replicas,
    // A full log refuses. The other choice, to let go of the oldest, would take entries from servers that are behind.
    discard: DiscardPolicy.New,
    max_bytes: maxBytes,
    duplicate_window: REPEAT_MS * NANOS_PER_MS,
  }
  try {
    return await jsm.streams.add(config)
  } catch (error) {
    // Another server was quicker, with another name for the log: that one it is.
    const made = apiCode(error) === API.nameInUse && (await infoOf(jsm, name))
    if (made) return made
    throw error
  }
}

/** @returns the name of the log, when all is as the lab relies on */
function check({ config }: StreamInfo, { name, replicas }: StreamOptions): string {
  const [, log, format] = DESCRIPTION.exec(config.description ?? '') ?? []
  if (log === undefined)
    throw unusable(`the stream ${name} belongs to another program; choose another name for the lab’s`)
  if (Number(format) !== FORMAT) {
    throw unusable(
      `the stream ${name} was begun by another version of the lab (its format is ${format}, this one reads ${FORMAT}); ` +
        `run the same version everywhere, or choose another name`,
    )
  }
  const wrong = Object.entries({
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
  }).find(([key, value]) => config[key as keyof StreamConfig] !== value)
  if (wrong) throw unusable(`the stream ${name} has been changed: ${wrong[0]} must be “${wrong[1]}”`)
  if (config.duplicate_window < REPEAT_MS * NANOS_PER_MS)
    throw unusable(
      `the stream ${name} has been changed: duplicate_window must be ${REPEAT_MS / 1000} s or more`,
    )
  if (config.subjects.join() !== subjectOf(name, log))
    throw unusable(`the stream ${name} has been changed: its one subject must be ${subjectOf(name, log)}`)
  if (config.num_replicas < replicas) {
    throw unusable(
      `the stream ${name} keeps each entry ${config.num_replicas === 1 ? 'once' : `${config.num_replicas} times`}, and ` +
        `${replicas} times are wanted; change the stream, or ask for less`,
    )
  }
  return log
}

/** Of one log, and not of another that is made under the same name: an entry for the old one reaches no stream. */
export const subjectOf = (stream: string, log: string) => `${stream}.${log}`
