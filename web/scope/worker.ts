/** The worker: parses and keeps the bytes of the wires, so that the page's own thread has only to draw. */
import { systemClock } from '../../lab/client/platform.ts'
import type { FromWorker, ToWorker } from './protocol.ts'
import { createScope } from './scope.ts'

/** As much of a worker's global scope as is used here: the types of pages and of workers cannot both be loaded. */
interface WorkerScope {
  postMessage(message: FromWorker): void
  addEventListener(type: 'message', listener: (event: { readonly data: ToWorker }) => void): void
}
const worker = self as unknown as WorkerScope

const take = createScope({
  fetch: (...args) => fetch(...args),
  clock: systemClock,
  post: (message) => worker.postMessage(message),
  signal: new AbortController().signal, // the page ends the worker as a whole
})
worker.addEventListener('message', ({ data }) => take(data))
