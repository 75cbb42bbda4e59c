/** Tickets are good once, for half a minute, and as long as the session that they were given to. */
import { expect, it } from 'vitest'
import { createMemoryRecords } from '../store/records.ts'
import { createAccounts } from './accounts.ts'
import { createTickets, TICKET_S } from './tickets.ts'

function createFixture() {
  let time = 0
  const accounts = createAccounts(createMemoryRecords())
  const signIn = (name: string) => accounts.sessions.find(accounts.signInAsGuest(name, null).secret)!
  return { accounts, signIn, tickets: createTickets(() => time), pass: (ms: number) => (time += ms) }
}

it('is good once', () => {
  const { tickets, signIn } = createFixture()
  const ada = signIn('Ada')
  const ticket = tickets.give(ada)
  expect(tickets.take(ticket)).toBe(ada)
  expect(tickets.take(ticket)).toBeNull()
  expect(tickets.take('')).toBeNull()
})

it('is good until its time is over, to the millisecond', () => {
  const { tickets, signIn, pass } = createFixture()
  const ada = signIn('Ada')
  const [one, two] = [tickets.give(ada), tickets.give(ada)]
  pass(TICKET_S * 1_000 - 1)
  expect(tickets.take(one)).toBe(ada)
  pass(1)
  expect(tickets.take(two)).toBeNull()
})

it('ends with its session', () => {
  const { tickets, signIn, accounts } = createFixture()
  const ada = signIn('Ada')
  const ticket = tickets.give(ada)
  accounts.signOut(ada)
  expect(tickets.take(ticket)).toBeNull()
})

it('pushes out the oldest of the same session, and none of another user’s', () => {
  const { tickets, signIn } = createFixture()
  const [ada, bob] = [signIn('Ada'), signIn('Bob')]
  const bobs = tickets.give(bob)
  const adas = Array.from({ length: 21 }, () => tickets.give(ada))
  expect(tickets.take(adas[0]!)).toBeNull()
  for (const ticket of adas.slice(1)) expect(tickets.take(ticket)).toBe(ada)
  expect(tickets.take(bobs)).toBe(bob)
})
