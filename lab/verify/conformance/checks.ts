/** What a case says when a promise is not kept: what was expected, and what came. */
import { isDeepStrictEqual } from 'node:util'
import type { ChatMessage } from '../../wire/message.ts'
import type { TestClient } from '../kit/test-client.ts'

/** A promise that was not kept. Anything else that a case throws is a failure too, but less well explained. */
export class ContractViolation extends Error {
  override readonly name = 'ContractViolation'
  readonly expected: string
  readonly came: string

  constructor(what: string, expected: string, came: string) {
    super(`${what}: expected ${expected}, and got ${came}`)
    this.expected = `${what}: ${expected}`
    this.came = came
  }
}

/** @throws ContractViolation unless both are the same; the order of fields does not matter */
export function same(what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) throw new ContractViolation(what, shown(expected), shown(actual))
}

/** @throws ContractViolation unless it is so */
export function holds(what: string, isSo: boolean, expected: string, came: unknown): void {
  if (!isSo) throw new ContractViolation(what, expected, shown(came))
}

/** Compares two lists, and names the first place where they differ: of a thousand lines, that is what helps. */
export function sameList(what: string, actual: readonly unknown[], expected: readonly unknown[]): void {
  const length = Math.max(actual.length, expected.length)
  for (let i = 0; i < length; i++) {
    if (isDeepStrictEqual(actual[i], expected[i])) continue
    const wanted = i < expected.length ? shown(expected[i]) : 'no more'
    throw new ContractViolation(`${what}, number ${i + 1} of ${expected.length}`, wanted, shown(actual[i]))
  }
}

/** Waits for a promise that must be refused, and gives back the code of the refusal. */
export async function refusal(what: string, promise: Promise<unknown>): Promise<string> {
  let answer: unknown
  try {
    answer = await promise
  } catch (thrown) {
    return String((thrown as { readonly code?: unknown }).code ?? thrown)
  }
  throw new ContractViolation(what, 'to be refused', `an answer: ${shown(answer)}`)
}

/** Everything came, once, in order, and the client had neither a gap to report nor a repetition to throw away. */
export function intact(testClient: TestClient, expected: readonly ChatMessage[]): void {
  sameList(`what ${testClient.name} heard`, testClient.messages, expected)
  same(`gaps that ${testClient.name} was told of`, testClient.gaps.length, 0)
  same(`messages that reached ${testClient.name} twice`, testClient.client.figures.duplicates, 0)
}

const CLIP = 160

/** As JSON, which shows lone surrogates and control characters as escapes; the start of it, when it is long. */
function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length <= CLIP ? text : `${text.slice(0, CLIP)}… (${text.length} characters)`
}
