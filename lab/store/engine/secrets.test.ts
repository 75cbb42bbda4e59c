/** What is said of people in the shared log can be read by all who can read the log: hashes, and never a secret. */
import { expect, it } from 'vitest'
import { createAccounts } from '../../people/accounts.ts'
import { createMemoryRecords, type RecordChange } from '../records.ts'
import { entriesOf } from './turn.ts'

it('no passphrase, session or token is in what people change, as it travels', async () => {
  const changes: RecordChange[] = []
  const kept = createMemoryRecords()
  const records = {
    all: kept.all,
    put(added: readonly RecordChange[]) {
      changes.push(...added)
      kept.put(added)
    },
  }
  const passphrases = ['correct horse battery staple', 'incorrect donkey capacitor glue']
  const accounts = createAccounts(records)
  const guest = accounts.signInAsGuest('Ben', null)
  const ada = await accounts.signUp('Ada', passphrases[0]!, null)
  const again = await accounts.changePassphrase(
    accounts.sessions.find(ada.secret)!,
    passphrases[0]!,
    passphrases[1]!,
  )
  const token = accounts.giveToken(ada.person, { label: 'bot', scopes: ['read'], room: null })

  const travels = entriesOf(changes, 'turn')
    .map(({ body }) => Buffer.from(body).toString('latin1'))
    .join()
  expect(travels).toContain('Ada')
  expect(travels).toContain('"kind":"session"')
  const secrets = [guest.secret, ada.secret, again.secret, token.secret]
  for (const secret of [...passphrases, ...secrets]) expect(travels).not.toContain(secret)
})
