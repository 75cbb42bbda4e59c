/** Requests that are no files: by method and path, the function that answers. */
import { stream } from './stream.mjs'
import { write } from './write.mjs'

export const ROUTES = { 'GET /events': stream, 'POST /messages': write }
