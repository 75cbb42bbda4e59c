/** Brings a pitfall out: sets its faults, and writes what shows it, step by step. */
import { type Clock, pause } from '../../lab/client/platform.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import type { PitfallAbout, Step } from '../../lab/wires/pitfalls/control.ts'
import type { PageLane } from '../faults/bench.ts'
import type { Wires } from '../model/wires/wires.ts'

/** A restart is the server's own, so every visitor meets it. */
const OF_THE_SERVER = 'server'

export interface BringOutOptions {
  readonly wires: Pick<Wires, 'set' | 'info'>
  readonly lanes: () => readonly PageLane[]
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** @throws ChatError when the server refuses a fault, or no other lane is open to write in */
export async function bringOut(
  { brings }: Pick<PitfallAbout, 'brings'>,
  lane: string,
  options: BringOutOptions,
): Promise<void> {
  await begin(lane, options)
  for (const step of brings) {
    if (options.signal.aborted) return
    await take(step, lane, options)
  }
}

/** How long the lane may take for its first message, in milliseconds, and how often it is looked for. */
const FIRST_MS = 5_000
const LOOK_MS = 50

/** The ledger counts from a lane's first message on: in an empty room, what is lost before it would not be missed. */
async function begin(name: string, options: BringOutOptions): Promise<void> {
  const { lanes, clock, signal } = options
  const hasBegun = () => lanes().find((one) => one.name === name)?.lane?.evidence.tally.base !== null
  if (hasBegun()) return
  await say({ say: ['Before the fault.'], by: 'another' }, name, options)
  for (const end = clock.now() + FIRST_MS; !hasBegun() && clock.now() < end && !signal.aborted; )
    await pause(clock, LOOK_MS, signal)
}

async function take(step: Step, name: string, options: BringOutOptions): Promise<void> {
  const { wires, clock, signal } = options
  if ('waitMs' in step) return pause(clock, step.waitMs, signal)
  if ('say' in step) return say(step, name, options)
  const isOfAll = wires.info.faults.find((one) => one.name === step.fault)?.scope === OF_THE_SERVER
  await wires.set({ ...step, lanes: [name], whose: isOfAll ? 'all' : 'mine' })
}

async function say(
  { say: texts, by, everyMs = 0 }: Extract<Step, { readonly say: unknown }>,
  name: string,
  { lanes, clock, signal }: BringOutOptions,
): Promise<void> {
  const ready = lanes().flatMap((one) => (one.lane ? [{ name: one.name, lane: one.lane }] : []))
  const writer = ready.find((one) =>
    by === 'lane' ? one.name === name : one.name !== name && one.lane.state.status === 'open',
  )
  if (!writer) throw new ChatError('closed', 'no other lane is open to write in')
  for (const text of texts) {
    const sending = writer.lane.send(text)
    // In the lane itself the answer may be what is held up.
    if (by === 'another') await sending
    if (everyMs > 0) await pause(clock, everyMs, signal)
  }
}
