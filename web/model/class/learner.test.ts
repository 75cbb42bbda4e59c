import { expect, test } from 'vitest'
import { ChatError } from '../../../lab/wire/errors.ts'
import type { Given, Report } from '../../../lab/wires/class/control.ts'
import { createLearner, TELL_EVERY_MS } from './learner.ts'

const REPORT: Report = { name: 'Ada', ledger: [], guess: null }

function learn(answers: (Given | Error)[]) {
  const told: string[] = []
  const applied: string[] = []
  const due: { ms: number; act: () => void }[] = []
  const learner = createLearner({
    client: {
      report: (room, { name }) => {
        told.push(`${room} ${name}`)
        const answer = answers.shift()!
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
      },
      leave: async (room) => void told.push(`left ${room}`),
    },
    clock: {
      now: () => 0,
      after: (ms, act) => {
        const one = { ms, act }
        due.push(one)
        return () => due.splice(due.indexOf(one), 1)
      },
    },
    room: 'tea',
    report: async () => REPORT,
    onSetting: (query) => applied.push(query),
    onChange: () => {},
  })
  /** Lets the next report be told, and answered. */
  const next = async () => {
    const one = due.shift()!
    expect(one.ms).toBe(TELL_EVERY_MS)
    one.act()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { learner, told, applied, due, next }
}

test('a learner applies a setting once, and another one when it is given', async () => {
  const { learner, applied, told, next } = learn([
    { given: 1, setting: '?zoom=2' },
    { given: 1, setting: '?zoom=2' },
    { given: 2, setting: '' },
  ])
  await learner.join()
  await next()
  expect(applied).toEqual(['?zoom=2'])
  await next()
  expect(applied).toEqual(['?zoom=2', ''])
  expect(told).toEqual(Array(3).fill('tea Ada'))
})

test('a class that is over is left, and nothing more is told', async () => {
  const { learner, applied, due } = learn([{ given: null, setting: '' }])
  await learner.join()
  expect(learner.state).toEqual({ kind: 'over' })
  expect(due).toEqual([])
  expect(applied).toEqual([])
})

test('a learner whose report did not come through says why, keeps the setting, and tells again', async () => {
  const { learner, applied, next } = learn([
    { given: 1, setting: '?zoom=2' },
    new ChatError('unreachable', 'the server cannot be reached'),
    { given: 1, setting: '?zoom=2' },
  ])
  await learner.join()
  await next()
  expect(learner.state).toEqual({ kind: 'in', given: 1, problem: 'the server cannot be reached' })
  await next()
  expect(learner.state).toEqual({ kind: 'in', given: 1, problem: null })
  expect(applied).toEqual(['?zoom=2'])
})

test('a learner who has left tells no more, and an answer that comes late gives no setting', async () => {
  const { learner, applied, told, due } = learn([{ given: 1, setting: '?zoom=2' }])
  const joining = learner.join()
  learner.leave()
  await joining
  expect(learner.state).toEqual({ kind: 'out' })
  expect([applied, due]).toEqual([[], []])
  expect(told).toContain('left tea')
})
