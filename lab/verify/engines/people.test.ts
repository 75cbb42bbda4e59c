/** People over a real NATS of three servers: three labs know the same of them, whatever is done where, and at once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openNatsEngine } from '../../store/engine/nats.ts'
import { skipLoudly } from '../proxies/programs.ts'
import { createPeopleServers, type PeopleServer } from '../shared-people/servers.ts'
import { NATS, type Nats, startNats } from './nats-server.ts'

const LIMIT_MS = 180_000
const CLASS = 12

if (NATS === null) skipLoudly('nats-server', 'nats-server')

describe.runIf(NATS)('people in a log on NATS', { timeout: LIMIT_MS }, () => {
  let nats: Nats
  let servers: PeopleServer[]
  let close: () => Promise<unknown>
  beforeAll(async () => {
    nats = await startNats(3)
    const options = { stream: 'PEOPLE', replicas: 3, giveUpMs: 60_000 }
    const engines = await Promise.all([0, 1, 2].map(() => openNatsEngine(nats.address, options)))
    servers = createPeopleServers(3, { name: 'sound', isPrompt: () => true }, 1_000, engines).servers
    close = () => Promise.all(engines.map((engine) => engine.close()))
  }, LIMIT_MS)
  afterAll(async () => {
    await close?.()
    await nats?.stop()
  })

  it('have one name each, and are in the one room that all of them join at once', async () => {
    const names = Array.from({ length: CLASS }, (_, i) => `Learner ${i}`)
    const at = (i: number) => servers[i % servers.length]!
    const asked = names.flatMap((name, i) =>
      [at(i), at(i + 1)].map(({ accounts }) => accounts.signInAsGuest(name, null)),
    )
    const answers = await Promise.allSettled(asked)
    const signedIn = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    expect(signedIn.map(({ person }) => person.name).sort()).toEqual([...names].sort())

    const teacher = await servers[0]!.accounts.signUp('Teacher', 'a passphrase', null)
    const callerAt = async ({ accounts }: PeopleServer, secret: string) => {
      await accounts.transactor.caughtUp?.()
      return accounts.sessions.find(secret)!.caller
    }
    const teaching = await callerAt(servers[0]!, teacher.secret)
    const { name: room } = await servers[0]!.memberships.makeGroup(teaching, 'Class')
    for (const name of names) await servers[0]!.memberships.setRole(teaching, room, name, 'invited')
    const joined = await Promise.all(
      signedIn.map(async ({ secret }, i) => at(i).memberships.join(await callerAt(at(i), secret), room)),
    )
    expect(joined).toEqual(Array(CLASS).fill(true))
    const members = await Promise.all(
      servers.map(async (server) =>
        server.memberships.membersOf(await callerAt(server, teacher.secret), room),
      ),
    )
    expect(members[0]).toHaveLength(CLASS + 1)
    expect(members[1]).toEqual(members[0])
    expect(members[2]).toEqual(members[0])
  })

  it('are signed out at all of them', async () => {
    const ada = await servers[0]!.accounts.signInAsGuest('Ada', null)
    await servers[2]!.accounts.transactor.caughtUp?.()
    const there = servers[2]!.accounts.sessions.find(ada.secret)!
    const ended = new Promise<void>((resolve) => void there.onEnd(resolve))
    await servers[0]!.accounts.signOut(servers[0]!.accounts.sessions.find(ada.secret)!)
    await ended
    expect(there.isOver).toBe(true)
  })
})
