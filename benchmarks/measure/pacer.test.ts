import { describe, expect, it } from 'vitest'
import { keepPace } from './pacer.ts'
import { nowNs } from './stamps.ts'

async function beatsOf(pace: Parameters<typeof keepPace>[0], signal?: AbortSignal) {
  const due: number[] = []
  let early = 0
  await keepPace(
    pace,
    (scheduledNs, index) => {
      if (index === 3) block(20) // whatever holds the loop up, the schedule stands
      if (nowNs() < scheduledNs) early++
      due.push(scheduledNs)
    },
    signal,
  )
  return { due, early }
}

function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

describe.each([true, false])('an open loop (precise: %s)', (precise) => {
  it('does every beat, none before its time, at times fixed in advance', async () => {
    const { due, early } = await beatsOf({ perSecond: 1_000, beats: 50, precise })
    expect(due).toHaveLength(50)
    expect(early).toBe(0)
    const first = due[0]!
    for (const [i, ns] of due.entries()) expect(ns - first).toBeCloseTo(i * 1e6, -1)
  })

  it('stops when it is told to', async () => {
    const { due } = await beatsOf({ perSecond: 1, beats: 100, precise }, AbortSignal.abort())
    expect(due).toHaveLength(1)
  })
})

it('an open loop reports what a beat throws', async () => {
  const failing = keepPace({ perSecond: 1_000, beats: 2, precise: false }, () => {
    throw new Error('planted')
  })
  await expect(failing).rejects.toThrow('planted')
})
