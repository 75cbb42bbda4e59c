/**
 * One catalogue of defects: the museum's exhibits, the mistakes planted in the codec, those of the contract, those that only a
 * demonstration has (npm run show), and those that only a lane of a running lab can have.
 *
 * Each is named, says what it breaks, and which test turns red by it. Pages, demonstrations and exercises read it here.
 */
import { PITFALLS } from '../../app/pitfalls/index.ts'
import { deafToComments, oneFailureIsTheEnd } from '../../defects/client/alive.ts'
import { sessionLock } from '../../defects/server/polls.ts'
import { noHeartbeat } from '../../defects/server/streams.ts'
import { codecDefects } from '../conformance/codec/defects.ts'
import { clientDefects } from '../conformance/defects/clients.ts'
import type { Defect } from '../conformance/defects/defect.ts'
import { identityDefects } from '../conformance/defects/identity.ts'
import { presenceDefects } from '../conformance/defects/presence.ts'
import { roomDefects } from '../conformance/defects/rooms.ts'
import { serverDefects } from '../conformance/defects/servers.ts'
import { SHOWN_DEFECTS } from '../show/defects.ts'
import type { CataloguedDefect } from './catalogued-defect.ts'
import { EXHIBITS } from './exhibits.ts'

const LANE_DEFECTS = [oneFailureIsTheEnd, deafToComments, noHeartbeat, sessionLock]

const CONTRACT = [clientDefects, identityDefects, presenceDefects, roomDefects, serverDefects].flat()

export const CATALOGUE: readonly CataloguedDefect[] = [
  ...EXHIBITS.map(
    ({ name, breaks, phenomenon, script, mend }): CataloguedDefect => ({
      name,
      collection: 'museum',
      breaks,
      phenomenon,
      redTest: typeof script === 'object' && 'echo' in script ? script.echo : `${name} shows in the bytes`,
      mend,
    }),
  ),
  ...codecDefects.map(
    ({ name, story, caughtBy, file, from }): CataloguedDefect => ({
      name,
      collection: 'codec',
      breaks: story,
      phenomenon: phenomenonIn(story),
      redTest: caughtBy,
      mend: { file: `transports/_formats/${file}`, code: from },
    }),
  ),
  ...CONTRACT.map(
    ({ name, story, caughtBy }: Defect): CataloguedDefect => ({
      name,
      collection: 'contract',
      breaks: story,
      phenomenon: phenomenonIn(story),
      redTest: caughtBy,
      mend: null,
    }),
  ),
  ...SHOWN_DEFECTS,
  ...onlyInLanes(),
]

/** Those that no other test sees than that of the pitfall itself (lab/verify/pitfalls). */
function onlyInLanes(): readonly CataloguedDefect[] {
  return LANE_DEFECTS.map(({ name, story, caughtBy }) => ({
    name,
    collection: 'pitfall',
    breaks: story,
    phenomenon: phenomenonIn(story),
    redTest: caughtBy,
    mend: PITFALLS.find(({ defect }) => defect === name)?.mend ?? null,
  }))
}

/** The stories of the contract name it in words: “(phenomenon 24)”. */
function phenomenonIn(story: string): number | null {
  const found = /\(phenomenon (\d+)\)/.exec(story)
  return found ? Number(found[1]) : null
}
