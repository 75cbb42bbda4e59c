/** Requests that are no files: by method and path, the function that answers. */
import { read } from './read.mjs'
import { write } from './write.mjs'

export const ROUTES = { 'GET /messages': read, 'POST /messages': write }
