import { beforeEach, describe, expect, it } from 'vitest'
import type { Report } from '../../../wires/class/control.ts'
import {
  CLASS_LASTS_MS,
  createClasses,
  LEARNER_LASTS_MS,
  MAX_CLASSES,
  MAX_LEARNERS,
  NO_CLASS,
} from './classes.ts'

const ADA: Report = { name: 'Ada', ledger: [], guess: null }
let at = 0
let classes: ReturnType<typeof createClasses>
beforeEach(() => {
  at = 1_000_000
  classes = createClasses(() => at)
})
const join = (visitor: string, room = 'tea') => classes.report(room, visitor, { ...ADA, name: visitor })
const names = (room = 'tea') => classes.view(room).learners.map(({ name }) => name)

describe('a class', () => {
  it('gives each learner the setting that its teacher gave last, of its own room', () => {
    classes.give('tea', '?lanes=a')
    classes.give('coffee', '?lanes=b')
    expect(join('Ada')).toEqual({ given: at, setting: '?lanes=a' })
    classes.give('tea', '')
    expect(join('Ada')?.setting).toBe('')
    expect(join('Ada', 'coffee')?.setting).toBe('?lanes=b')
    expect(join('Ada', 'nowhere')).toEqual(NO_CLASS)
  })

  it('tells two settings apart that are given in the same millisecond, and one from before it ended', () => {
    classes.give('tea', '')
    const first = classes.view('tea').given
    classes.give('tea', '')
    const second = classes.view('tea').given
    classes.end('tea')
    classes.give('tea', '')
    expect(new Set([first, second, classes.view('tea').given]).size).toBe(3)
  })

  it('keeps its learners when another setting is given, and forgets each who leaves', () => {
    classes.give('tea', '')
    join('Ada')
    join('Grace')
    classes.give('tea', '?zoom=2')
    expect(names()).toEqual(['Ada', 'Grace'])
    classes.leave('tea', 'Ada')
    expect(names()).toEqual(['Grace'])
    classes.end('tea')
    expect(classes.view('tea')).toEqual({ ...NO_CLASS, now: at, learners: [] })
  })

  it('forgets a learner whose page is silent, and is over when its teacher has been away for long', () => {
    classes.give('tea', '')
    join('Ada')
    at += LEARNER_LASTS_MS
    join('Grace')
    at += 1
    expect(names()).toEqual(['Grace'])
    at += CLASS_LASTS_MS + 1
    expect(join('Grace')).toEqual(NO_CLASS)
  })

  it('has a bound on its learners, and takes one who is in it although it is full', () => {
    classes.give('tea', '')
    for (let n = 0; n < MAX_LEARNERS; n++) expect(join(`learner ${n}`)).not.toBeNull()
    expect(join('one more')).toBeNull()
    expect(join('learner 0')).not.toBeNull()
    expect(names()).toHaveLength(MAX_LEARNERS)
  })

  it('is one of so many, and takes the place of one that is over', () => {
    for (let n = 0; n < MAX_CLASSES; n++) expect(classes.give(`room-${n}`, '')).toBe(true)
    expect(classes.give('tea', '')).toBe(false)
    expect(classes.give('room-0', '?rate=5')).toBe(true)
    classes.end('room-0')
    expect(classes.give('tea', '')).toBe(true)
  })
})
