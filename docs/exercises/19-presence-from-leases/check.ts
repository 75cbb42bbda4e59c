import { exercise, same, wanted } from '../runner/check.ts'
import { createStillTime } from '../runner/still-time.ts'

type Work = typeof import('./solution.ts')

/** A server whose time stands still until `pass`. */
function server({ createPresence }: Work) {
  const time = createStillTime()
  const told: string[][] = []
  const presence = createPresence(
    {
      after: time.after,
    },
    (here) => void told.push([...here]),
  )
  return {
    ...presence,
    told,
    alarms: time.alarms,
    pass: time.pass,
  }
}

export default exercise<Work>(
  ['createPresence'],
  [
    {
      name: 'a page that shows a sign is here, and not for ever',
      run(work) {
        const seen = server(work)
        seen.sign('page 1', 'Ada')
        same('here after a sign', seen.here(), ['Ada'])
        seen.pass(work.LEASE_MS - 1)
        same(`here ${work.LEASE_MS - 1} ms later`, seen.here(), ['Ada'])
        seen.pass(2)
        same(`here ${work.LEASE_MS + 1} ms later`, seen.here(), [], 'Set an alarm: `world.after`.')
        same('what was told', seen.told, [['Ada'], []], 'The end of a lease is a change, too.')
      },
    },
    {
      name: 'each sign renews the lease',
      run(work) {
        const seen = server(work)
        for (let n = 0; n < 5; n++) {
          seen.sign('page 1', 'Ada')
          seen.pass(10_000)
          same(
            `here ten seconds after sign ${n + 1}`,
            seen.here(),
            ['Ada'],
            'A new sign takes the old alarm back.',
          )
        }
        seen.pass(work.LEASE_MS - 9_999)
        same('here, when the last lease is over', seen.here(), [])
      },
    },
    {
      name: 'a name is here as long as one of its pages is',
      run(work) {
        const seen = server(work)
        seen.sign('page 2', 'Bob')
        seen.sign('page 1', 'Ada')
        seen.sign('page 3', 'Bob')
        same('here', seen.here(), ['Ada', 'Bob'], 'Each name once, in the order of the alphabet.')
        seen.leaving('page 2')
        same('here, when one of the two pages has left', seen.here(), ['Ada', 'Bob'])
        seen.leaving('page 3')
        same('here, when the other has left', seen.here(), ['Ada'])
      },
    },
    {
      name: 'it tells the whole list, and only when it has become another',
      run(work) {
        const seen = server(work)
        for (let n = 0; n < 3; n++) {
          seen.sign('page 1', 'Ada')
          seen.sign('page 2', 'Bob')
          seen.sign('page 3', 'Bob')
          seen.pass(10_000)
        }
        seen.leaving('page 2')
        same(
          'what was told',
          seen.told,
          [['Ada'], ['Ada', 'Bob']],
          'A renewed lease, and a second page of the same name, are no news.',
        )
      },
    },
    {
      name: 'a poll that comes behind the goodbye does not bring the page back',
      run(work) {
        const seen = server(work)
        seen.sign('page 1', 'Ada')
        seen.leaving('page 1')
        seen.sign('page 1', 'Ada')
        same('here', seen.here(), [], 'Remember for a while which pages have left.')
        seen.sign('page 2', 'Ada')
        same('here, when she has opened another page', seen.here(), ['Ada'])
      },
    },
    {
      name: 'a goodbye that comes twice, or from a page that is not known, changes nothing',
      run(work) {
        const seen = server(work)
        seen.sign('page 1', 'Ada')
        seen.leaving('page 9')
        same('what was told', seen.told, [['Ada']])
        seen.leaving('page 1')
        seen.leaving('page 1')
        same('what was told at last', seen.told, [['Ada'], []])
      },
    },
    {
      name: 'nothing is left behind when all have gone',
      run(work) {
        const seen = server(work)
        for (let n = 0; n < 100; n++) {
          seen.sign(`page ${n}`, `reader ${n}`)
          seen.sign(`page ${n}`, `reader ${n}`)
          if (n % 2 === 0) seen.leaving(`page ${n}`)
        }
        wanted(
          seen.alarms.size <= 100,
          `100 pages have ${seen.alarms.size} alarms`,
          'Take the old one back: one for each page is enough.',
        )
        seen.pass(2 * work.LEASE_MS)
        same('here', seen.here(), [])
        same('alarms left', seen.alarms.size, 0)
        same('changes that were told', seen.told.length, 200, 'Each of the 100 came once and went once.')
      },
    },
  ],
)
