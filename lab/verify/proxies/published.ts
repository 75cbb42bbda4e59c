/** The files of docs/deploy, with what a test must have otherwise: changed as `npm run cluster` changes them. */
export { type Change, published } from '../../cluster/machine/published.ts'
