/** What the kept data folders hold, whatever version has written them. */
import type { SignedDraft } from '../../wire/message.ts'

export const PERSON = 'Ada'
export const PASSPHRASE = 'a kettle, a lamp and a map'

export const FILE_BYTES = new TextEncoder().encode('What the map shows.\n')
export const FIRST: SignedDraft = {
  draftId: 'one',
  author: 'Bob',
  text: 'Half a pair: \ud83d, and a NUL: \0.',
}
export const EDIT: SignedDraft = {
  draftId: 'two',
  author: 'Bob',
  text: 'Corrected.',
  note: { kind: 'edited', seq: 1 },
}
export const FILE: SignedDraft = {
  draftId: 'three',
  author: 'Bob',
  text: 'map.txt',
  note: {
    kind: 'file',
    file: { id: 'mapmapmapmapmapmapma', name: 'map.txt', type: 'text/plain', size: FILE_BYTES.length },
  },
}
