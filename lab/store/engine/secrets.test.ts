/** What is said of people in the shared log can be read by all who can read the log: hashes, and never a secret. */
import { expect, it } from 'vitest'
import { createAccounts } from '../../people/accounts.ts'
import { keepShared } from '../../people/shared/keep-shared.ts'
import type { RecordsChange } from '../../people/shared/rule.ts'
import { createSharedTickets } from '../../people/shared/tickets-shared.ts'
import { tablesOf } from '../../people/tables-of.ts'
import { createMemoryRecords } from '../records.ts'
import { entriesOf } from './turn.ts'

it('no passphrase, session, token or ticket is in what people change, as it travels', async () => {
  const changes: RecordsChange[] = []
  const tables = tablesOf(createMemoryRecords())
  const transactor = keepShared(tables, {
    async change(change) {
      changes.push(change)
      tables.tell(tables.put(change.changes))
      return { kind: 'took' }
    },
    caughtUp: async () => {},
  })
  const passphrases = ['correct horse battery staple', 'incorrect donkey capacitor glue']
  const accounts = createAccounts(transactor)
  const guest = await accounts.signInAsGuest('Ben', null)
  const ada = await accounts.signUp('Ada', passphrases[0]!, null)
  const session = accounts.sessions.find(ada.secret)!
  const again = await accounts.changePassphrase(session, passphrases[0]!, passphrases[1]!)
  const token = await accounts.giveToken(ada.person, { label: 'bot', scopes: ['read'], room: null })
  const tickets = createSharedTickets(transactor, accounts.sessions, Date.now)
  const ticket = await tickets.give(session)
  await accounts.signOut(token.session)

  const travels = entriesOf(changes, 'turn')
    .map(({ body }) => Buffer.from(body).toString('latin1'))
    .join()
  for (const word of ['Ada', '"kind":"session"', '"kind":"ticket"']) expect(travels).toContain(word)
  const secrets = [guest.secret, ada.secret, again.secret, token.secret, ticket]
  for (const secret of [...passphrases, ...secrets]) expect(travels).not.toContain(secret)
  expect(await tickets.take(ticket)).toBe(session)
})
