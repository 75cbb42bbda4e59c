import { exercise, nextTurn, same, wanted } from '../runner/check.ts'
import type { Gate } from './solution.ts'

type Work = typeof import('./solution.ts')

/** @param onClose what else happens when it is closed */
function line(onClose: () => void = () => {}) {
  const got: string[] = []
  const codes: number[] = []
  return {
    got,
    codes,
    send(text: string) {
      wanted(
        codes.length === 0,
        `“${text}” was sent on a line that had been closed`,
        'What is closed is forgotten.',
      )
      got.push(text)
    },
    close(code: number) {
      codes.push(code)
      onClose()
    },
  }
}

/** A database that knows who is signed in, and answers when it is told to. */
function database(...signedIn: string[]) {
  const waiting: (() => void)[] = []
  return {
    isGood: (session: string): Promise<boolean> => {
      const good = signedIn.includes(session)
      return new Promise((resolve) => waiting.push(() => resolve(good)))
    },
    async answer() {
      for (const one of waiting.splice(0)) one()
      await nextTurn()
    },
  }
}

const quickly =
  (...signedIn: string[]) =>
  (session: string): Promise<boolean> =>
    Promise.resolve(signedIn.includes(session))

export default exercise<Work>(
  ['createGate'],
  [
    {
      name: 'a good session receives, and another is turned away',
      async run({ createGate, SIGNED_OUT }) {
        const gate = createGate(quickly('ada'))
        const [good, bad] = [line(), line()]
        same('what open() gives for a good session', await gate.open('ada', good), true)
        same('what open() gives for another', await gate.open('eve', bad), false)
        gate.publish('Hello')
        same('what the good one got', good.got, ['Hello'])
        same('what the other got', bad.got, [])
        same('how the other was closed', bad.codes, [SIGNED_OUT])
      },
    },
    {
      name: 'a line receives nothing before the database has answered',
      async run({ createGate }) {
        const db = database('ada')
        const gate = createGate(db.isGood)
        const ada = line()
        const opened = gate.open('ada', ada)
        gate.publish('too early')
        same('what it got while the database was thinking', ada.got, [])
        await db.answer()
        same('what open() gave', await opened, true)
      },
    },
    {
      name: 'the end of a session ends all its lines, and says why',
      async run({ createGate, SIGNED_OUT }) {
        const gate = createGate(quickly('ada'))
        const lines = [line(), line()]
        for (const one of lines) await gate.open('ada', one)
        gate.end('ada')
        for (const { codes } of lines)
          same('how it was closed', codes, [SIGNED_OUT], 'end() must find the lines of that session.')
        gate.publish('secret')
        for (const { got } of lines) same('what was sent after the end', got, [])
        gate.end('ada')
        for (const { codes } of lines) same('closes, after end() was called twice', codes.length, 1)
      },
    },
    {
      name: 'lines of other sessions stay',
      async run({ createGate }) {
        const gate = createGate(quickly('ada at home', 'ada at work', 'bob'))
        const [home, work, bob] = [line(), line(), line()]
        await gate.open('ada at home', home)
        await gate.open('ada at work', work)
        await gate.open('bob', bob)
        gate.end('ada at home')
        gate.publish('Hello')
        same(
          'what the others got',
          [work.got, bob.got],
          [['Hello'], ['Hello']],
          'A session ends, and not a person.',
        )
      },
    },
    {
      name: 'a session that ends while the database is thinking is not let in',
      async run({ createGate, SIGNED_OUT }) {
        const db = database('ada')
        const gate = createGate(db.isGood)
        const ada = line()
        const opened = gate.open('ada', ada)
        gate.end('ada')
        await db.answer() // what was so when it was asked
        same('what open() gives', await opened, false, 'The answer is older than the end of the session.')
        gate.publish('secret')
        same('what it got', ada.got, [], 'Write the line down before you ask, so that end() finds it.')
        same('how it was closed', ada.codes, [SIGNED_OUT])
      },
    },
    {
      name: 'a line that has gone by itself is forgotten',
      async run({ createGate }) {
        const db = database('ada', 'bob')
        const gate = createGate(db.isGood)
        const [ada, bob] = [line(), line()]
        const both = [gate.open('ada', ada), gate.open('bob', bob)]
        gate.gone(bob)
        await db.answer()
        await Promise.all(both)
        gate.gone(ada)
        gate.publish('Hello')
        gate.end('ada')
        gate.end('bob')
        same('what was sent to them', [ada.got, bob.got], [[], []], 'One had gone before it was let in.')
        same('closes of lines that were gone', [ada.codes, bob.codes], [[], []])
      },
    },
    {
      name: 'a line that speaks and goes while it is closed finds itself forgotten',
      async run({ createGate }) {
        let gate: Gate | null = null
        const lines: ReturnType<typeof line>[] = []
        for (let n = 0; n < 4; n++) {
          lines.push(
            line(() => {
              gate!.publish('Ada has left')
              gate!.gone(lines[n]!)
            }),
          )
        }
        gate = createGate(quickly('ada'))
        for (const one of lines) await gate.open('ada', one)
        gate.end('ada')
        same(
          'closes of each of four lines',
          lines.map(({ codes }) => codes.length),
          [1, 1, 1, 1],
        )
      },
    },
  ],
)
