import { describe, expect, it } from 'vitest'
import {
  type Inputs,
  inputsOf,
  readInputs,
  SCENARIO_NAMES,
  SPANS,
  STEPS,
  stepFor,
  USUAL_INPUTS,
  valueAtStep,
  writeInputs,
} from './inputs.ts'

describe('a link', () => {
  const far: Inputs = {
    scenario: 'game',
    question: { clients: 77, messagesPerMinute: 0, payloadBytes: 1, latencyMs: 1.5, pollMs: 250 },
    situation: { writesMuch: false, bufferingProxy: true, manyTabs: true },
    peers: true,
    shows: 'cpu',
  }

  it.each([...SCENARIO_NAMES.map(inputsOf), far])(
    'carries the inputs there and back: $scenario',
    (inputs) => {
      expect(readInputs(writeInputs(inputs))).toEqual({ inputs, complaints: [], unknown: [] })
    },
  )

  it('of another version is used as far as it is known; the rest is named in one line, and kept', () => {
    const { inputs, complaints, unknown } = readInputs('?readers=77&carbon=low&sound=1')
    expect(inputs.question.clients).toBe(77)
    expect(complaints).toEqual([
      'carbon, sound: not known to this version of the lab; left as it is, and all else is used.',
    ])
    expect(writeInputs(inputs, unknown)).toBe('?readers=77&carbon=low&sound=1')
  })

  it('says only what is not as its scenario has it', () => {
    expect(writeInputs(USUAL_INPUTS)).toBe('')
    expect(writeInputs(inputsOf('prices'))).toBe('?scenario=prices')
    expect(writeInputs({ ...inputsOf('game'), situation: far.situation })).toBe(
      '?scenario=game&writes=0&proxy=1&tabs=1',
    )
  })

  it.each([
    ['scenario=nothing', /^scenario="nothing" is none of chat, prices, game, notifications; using chat\.$/],
    ['readers=0', /^readers="0" cannot be used\. Clients: a whole number from 1 to 10,000,000\.$/],
    ['rate=', /^rate="" cannot be used\. Messages a minute: a number from 0/],
    ['rate=-1', /^rate="-1"/],
    ['size=1.5', /^size="1\.5"/],
    ['late=soon', /^late="soon"/],
    ['late=Infinity', /^late="Infinity"/],
    ['poll=x', /^poll="x"/],
    ['writes=yes', /^writes="yes" is neither 0 nor 1; using 0\.$/],
    ['show=all', /^show="all" is neither bytes nor cpu; using bytes\.$/],
    [`tabs=${'9'.repeat(500)}`, /^tabs="9{40}…"/],
  ])('with %s keeps the usual in its place, and says so', (query, complaint) => {
    const { inputs, complaints } = readInputs(`?${query}`)
    expect(inputs).toEqual(USUAL_INPUTS)
    expect(complaints).toEqual([expect.stringMatching(complaint)])
  })
})

describe.each(Object.entries(SPANS))('the slider of %s', (_key, span) => {
  it('moves with each press of a key, up and down, from end to end', () => {
    for (let step = 0; step < STEPS; step++) {
      expect(stepFor(valueAtStep(step + 1, span), span), `up from ${step}`).toBe(step + 1)
      expect(valueAtStep(step + 1, span)).toBeGreaterThan(valueAtStep(step, span))
    }
    expect([valueAtStep(0, span), valueAtStep(STEPS, span)]).toEqual([span.min, span.max])
  })

  it('stands at its end for what lies beyond', () => {
    expect([stepFor(span.min / 10, span), stepFor(span.max * 10, span)]).toEqual([0, STEPS])
    expect(stepFor(0, span)).toBe(0)
  })
})
