/**
 * Why what a peer has signed in with opens nothing any more, in the same words wherever that is found out: on a
 * connection that was open, by the next request, and by a draft that was on its way.
 */
import { ChatError } from '../wire/errors.ts'
import type { Session } from './caller.ts'

/** A browser's: signed out here or elsewhere, or too old. */
export const sessionEnded = () => new ChatError('not-signed-in', 'the session has ended: sign in again')

/** A program's. One that was taken back is not kept, so it cannot be told from one that never was. */
export const notAToken = () => new ChatError('not-signed-in', 'this token is none, or was taken back')

export const whyEnded = ({ label }: Pick<Session, 'label'>): ChatError =>
  label === null ? sessionEnded() : notAToken()
