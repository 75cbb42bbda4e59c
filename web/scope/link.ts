/**
 * The page's end of the worker. One worker serves all elements of a page that want it: it is started with the first
 * and ended with the last, and with it ends the recording.
 */
import type { News } from './capture/capture.ts'
import type { Answers, FromWorker, Question, Status } from './protocol.ts'
import file from './worker.ts?worker'

export interface ScopeListener {
  onNews(news: News, bytes: { readonly kept: number; readonly forgotten: number }): void
  onStatus(status: Status): void
}

export interface ScopeLink {
  /** @throws Error when the worker could not answer */
  ask<Q extends Question>(question: Q): Promise<Answers[Q['kind']]>
  /** The status at once, and all news from now on; the returned function ends it. */
  listen(listener: ScopeListener): () => void
  release(): void
}

interface Waiting {
  resolve(answer: never): void
  reject(error: Error): void
}

let shared: { readonly link: ScopeLink; users: number } | null = null

export function openScope(): ScopeLink {
  shared ??= { link: createLink(), users: 0 }
  shared.users++
  return shared.link
}

function createLink(): ScopeLink {
  const worker = new Worker(new URL(file, import.meta.url), { type: 'module', name: 'scope' })
  const listeners = new Set<ScopeListener>()
  const waiting = new Map<number, Waiting>()
  let status: Status = { kind: 'connecting' }
  let asked = 0

  function tell(next: Status): void {
    status = next
    for (const listener of listeners) listener.onStatus(next)
  }

  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    if (data.type === 'news') for (const listener of listeners) listener.onNews(data.news, data)
    else if (data.type === 'status') tell(data.status)
    else {
      const one = waiting.get(data.id)
      waiting.delete(data.id)
      if (data.type === 'answer') one?.resolve(data.answer as never)
      else one?.reject(new Error(data.problem))
    }
  })
  worker.addEventListener('error', () =>
    tell({ kind: 'none', why: 'The worker that reads the bytes could not be started.' }),
  )
  worker.postMessage({ type: 'start', url: location.origin })

  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        const id = ++asked
        waiting.set(id, { resolve, reject })
        worker.postMessage({ type: 'ask', id, question })
      }),
    listen(listener) {
      listeners.add(listener)
      listener.onStatus(status)
      return () => listeners.delete(listener)
    },
    release() {
      if (!shared || --shared.users > 0) return
      shared = null
      worker.terminate()
    },
  }
}
