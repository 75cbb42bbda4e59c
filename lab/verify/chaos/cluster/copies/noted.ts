/**
 * The way to the other servers, on which a copy takes some time, and leaves word of how far it is: so that chaos can kill the one
 * that takes it, or the one that gives it, in the middle.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { questionIn } from '../../../../hub/shared/copy/questions.ts'
import type { Requests } from '../../../../store/engine/requests/requests.ts'

/** How a server has copies and trims in a run: some dozen pieces of what a minute brings. */
export const PEERS = {
  everyMs: 500,
  askMs: 300,
  againMs: 500,
  answerMs: 2_000,
  pieceBytes: 16 * 1024,
} as const
/** The first pieces take so long, so that even a small copy has a middle; to slow a large one down would be to give it no chance. */
const PIECE_MS = 20
const SLOW_PIECES = 30

/** In a server's folder; in each stands the number of the piece. */
const WORDS = { taking: 'copy-taken', giving: 'copy-given' } as const
export type Part = keyof typeof WORDS

export function noted(requests: Requests, folder: string): Requests {
  const note = (part: Part, index: number) => writeFileSync(join(folder, WORDS[part]), String(index))
  return {
    serve: (server, answer) =>
      requests.serve(server, (body) => {
        const question = questionIn(body)
        if (question?.kind === 'done') forget(folder, 'giving')
        const piece = answer(body)
        if (question?.kind === 'piece' && piece) note('giving', question.index)
        return piece
      }),
    async ask(server, body, ms) {
      const question = questionIn(body)
      if (question?.kind === 'done') forget(folder, 'taking')
      if (question?.kind !== 'piece') return requests.ask(server, body, ms)
      if (question.index < SLOW_PIECES) await pause(PIECE_MS)
      const piece = await requests.ask(server, body, ms)
      note('taking', question.index)
      return piece
    },
    askAll: (question, ms) => requests.askAll(question, ms),
  }
}

export const forget = (folder: string, part: Part): void => rmSync(join(folder, WORDS[part]), { force: true })

/** The number of the piece that was taken or given last, of a copy that is not over; null for none. */
export function pieceIn(folder: string, part: Part): number | null {
  const file = join(folder, WORDS[part])
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return text === '' ? null : Number(text)
}
