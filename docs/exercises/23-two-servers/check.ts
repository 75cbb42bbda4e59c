import { exercise, same } from '../runner/check.ts'
import type { Draft, Message, Server } from './solution.ts'

type Work = typeof import('./solution.ts')

/** One log, and two servers that apply it, each in its own time. */
function system({ createServer }: Work, epoch = 'log-1') {
  const log: Draft[] = []
  const append = (draft: Draft) => void log.push(draft)
  const servers = [createServer(epoch, append), createServer(epoch, append)] as const
  const applied = [0, 0]
  return {
    one: servers[0],
    two: servers[1],
    log,
    /** The next entries of the log reach a server: all, unless `count` says how many. */
    deliver(to: 1 | 2, count = Number.POSITIVE_INFINITY) {
      for (let n = 0; n < count && applied[to - 1]! < log.length; n++)
        servers[to - 1]!.apply(log[applied[to - 1]!++]!)
    },
  }
}

const draft = (author: string, draftId: string): Draft => ({
  draftId,
  author,
  text: `${author} ${draftId}`,
})
const texts = (messages: readonly Message[]) => messages.map(({ text }) => text)
const all = (server: Server) => texts(server.read(null).messages)

export default exercise<Work>(
  ['createServer'],
  [
    {
      name: 'both servers show the same, in the order of the log',
      run(work) {
        const { one, two, log, deliver } = system(work)
        one.publish(draft('Ada', 'a'))
        two.publish(draft('Bob', 'b'))
        same('drafts that were handed to the log', log.length, 2)
        log.reverse() // the log has an order of its own: Bob's was committed first
        deliver(1)
        deliver(2)
        same('on the first', all(one), ['Bob b', 'Ada a'], 'Show what was applied, and nothing before.')
        same('on the second', all(two), ['Bob b', 'Ada a'], 'Show what was applied, and nothing before.')
        const numbers = one.read(null).messages.map(({ seq }) => seq)
        same('the numbers', numbers, [1, 2])
      },
    },
    {
      name: 'nothing is shown before the log has given it a place',
      run(work) {
        const { one, deliver } = system(work)
        one.publish(draft('Ada', 'a'))
        same('shown before', all(one), [])
        deliver(1)
        same('shown after', all(one), ['Ada a'])
      },
    },
    {
      name: 'a reader goes from one to the other with its cursor, and misses nothing',
      run(work) {
        const { one, two, deliver } = system(work)
        for (const id of ['a', 'b', 'c']) one.publish(draft('Ada', id))
        deliver(1)
        deliver(2)
        const first = one.read(null)
        two.publish(draft('Bob', 'd'))
        deliver(1)
        deliver(2)
        const second = two.read(first.cursor)
        same('on the second server, behind the cursor of the first', texts(second.messages), ['Bob d'])
        same('its number', second.messages[0]?.seq, 4)
        const third = one.read(second.cursor)
        same('back on the first', texts(third.messages), [])
        same('whether there is a gap', [first.gap, second.gap, third.gap], [false, false, false])
      },
    },
    {
      name: 'a server that is behind has nothing to say yet, and keeps the place',
      run(work) {
        const { one, two, deliver } = system(work)
        for (const id of ['a', 'b', 'c', 'd']) one.publish(draft('Ada', id))
        deliver(1)
        deliver(2, 1)
        const { cursor } = one.read(null)
        const behind = two.read(cursor)
        same(
          'gap, on a server that has one of four',
          behind.gap,
          false,
          'It is not gone. It is not there yet.',
        )
        same('messages', texts(behind.messages), [])
        deliver(2, 1)
        const still = two.read(behind.cursor)
        same(
          'messages, when it has two of four',
          texts(still.messages),
          [],
          'The reader has them. Give back the cursor that you were given.',
        )
        deliver(2)
        one.publish(draft('Ada', 'e'))
        deliver(2)
        same('messages, when it has the fifth', texts(two.read(still.cursor).messages), ['Ada e'])
      },
    },
    {
      name: 'a cursor of another log is a gap',
      run(work) {
        const old = system(work, 'log-1')
        for (const id of ['a', 'b', 'c']) old.one.publish(draft('Ada', id))
        old.deliver(1)
        const { cursor } = old.one.read(null)
        const restored = system(work, 'log-2')
        for (const id of ['x', 'y', 'z', 'w']) restored.two.publish(draft('Bob', id))
        restored.deliver(2)
        const page = restored.two.read(cursor)
        same('gap, with a cursor of a log that is gone', page.gap, true, 'A number alone fits any log.')
        same('messages', texts(page.messages), ['Bob x', 'Bob y', 'Bob z', 'Bob w'])
        same('gap, at the next question', restored.one.read(page.cursor).gap, false)
        same(
          'gap, at the beginning',
          restored.two.read(null).gap,
          false,
          'A reader that has nothing has lost nothing.',
        )
      },
    },
    {
      name: 'a draft that went to both is one message on both',
      run(work) {
        const { one, two, deliver } = system(work)
        one.publish(draft('Ada', 'a'))
        two.publish(draft('Ada', 'a')) // the first answer was lost
        two.publish(draft('Bob', 'a'))
        one.publish(draft('Ada', 'b'))
        deliver(1)
        deliver(2)
        const expected = ['Ada a', 'Bob a', 'Ada b']
        same('on the first', all(one), expected, 'Look at author and draftId in apply(): both servers do.')
        same('on the second', all(two), expected)
        same(
          'the numbers on the second',
          two.read(null).messages.map(({ seq }) => seq),
          [1, 2, 3],
          'A repetition has no number.',
        )
        const { cursor } = one.read(null)
        two.publish(draft('Bob', 'c'))
        deliver(2)
        same('behind the cursor of the first', texts(two.read(cursor).messages), ['Bob c'])
      },
    },
  ],
)
