/**
 * A server loses its disk, and needs a copy of another. While it takes it, it is killed, or the one that gives it is, or neither.
 *
 * One at a time, and each to its end: the log is trimmed of what is on two disks, so one of them may be lost, and not both.
 */
import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { between } from '../../../../wire/random.ts'
import { type Fault, oneOf } from '../../faults.ts'
import type { ClusterWorld } from '../faults.ts'
import { type ClusterLab, isReady } from '../labs.ts'
import { readRecord } from '../server/recorder.ts'
import { recordIn, storeIn } from '../server/serve.ts'
import { forget, pieceIn } from './noted.ts'

/** How long the middle of a copy is waited for. There is none where the log still has all, or has been trimmed of too little. */
const MIDDLE_MS = 20_000
const LOOK_MS = 2
/** Until a server has its copy and all that came meanwhile, in milliseconds: what troubles the engine has to be over by then. */
const WHOLE_MS = 180_000
/** In which a server that runs answers something. */
const ANSWER_MS = 5_000

export const KILLED = {
  takes: 'kill -9 in the middle of a copy, of the server that takes it',
  gives: 'kill -9 in the middle of a copy, of the server that gives it',
} as const
export const LOST_DISK = 'a server loses its disk'
/** The log may still have had all: then it needs none. */
export const TAKEN = 'a copy in the place of a disk that was lost'

export const FAULTS_OF_COPIES: readonly Fault<ClusterWorld>[] = [
  { name: LOST_DISK, weight: 1, act: (world) => loseDisk(world, null) },
  { name: LOST_DISK, weight: 3, act: (world) => loseDisk(world, 'takes') },
  { name: LOST_DISK, weight: 3, act: (world) => loseDisk(world, 'gives') },
]

async function loseDisk(world: ClusterWorld, killed: keyof typeof KILLED | null): Promise<boolean> {
  const lab = oneOf(world.random, world.labs)
  const others = world.labs.filter((one) => one !== lab)
  // The last disk that has the conversation must not go.
  if (!(await areReady(others))) return false
  const piece = between(world.random, 0, 3)
  const copiesOf = () => readRecord(recordIn(lab.folder)).copies
  const before = copiesOf()
  await lab.server.kill()
  for (const end of ['', '-wal', '-shm']) rmSync(`${storeIn(lab.folder)}${end}`, { force: true })
  for (const { folder } of world.labs) {
    forget(folder, 'taking')
    forget(folder, 'giving')
  }
  let isUp = false
  const starting = lab.start().then(() => (isUp = true))
  if (killed === 'takes') await killInTheMiddle([lab], 'takes')
  if (killed === 'gives') await killInTheMiddle(others, 'gives')
  await starting
  // It may have said that it is there at the very moment at which it was killed.
  if (killed === 'takes' && !(await answers(lab))) {
    await lab.server.kill()
    await lab.start()
  }
  for (const begun = performance.now(); !(await isReady(lab)); await pause(50))
    if (performance.now() - begun > WHOLE_MS)
      throw new Error(`${lab.name} has lost its disk, and gets no copy`)
  if (copiesOf() > before) world.happened(TAKEN)
  return true

  async function killInTheMiddle(labs: readonly ClusterLab[], part: keyof typeof KILLED): Promise<void> {
    const said = part === 'takes' ? 'taking' : 'giving'
    for (const begun = performance.now(); performance.now() - begun < MIDDLE_MS; await pause(LOOK_MS)) {
      const found = labs.find(({ folder }) => (pieceIn(folder, said) ?? -1) >= piece)
      if (found) {
        await found.server.kill()
        world.happened(KILLED[part])
        // One that takes it is being started, and is started again by that, since it has never said that it is there.
        if (part === 'gives' || isUp) await found.start()
        return
      }
      if (isUp && (await isReady(lab))) return
    }
  }
}

const answers = ({ server }: ClusterLab) =>
  fetch(`http://127.0.0.1:${server.port}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    () => true,
    () => false,
  )
const areReady = async (labs: readonly ClusterLab[]) => (await Promise.all(labs.map(isReady))).every(Boolean)
