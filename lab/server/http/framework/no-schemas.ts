/**
 * Fastify without JSON schemas.
 *
 * What comes in is checked by the lab's own schema (lab/wire/codec.ts, docs/decisions/039-one-schema.md), and no route names one of Fastify's.
 * Fastify loads two compilers for them all the same, Ajv and fast-json-stringify: a tenth of the processor time of a start,
 * and some memory for good.
 */
import type { FastifyServerOptions } from 'fastify'

/** Throws at the start, and not at the first request, for a route that has a schema of Fastify's. */
const refuse = () => () => {
  throw new Error('routes have no schema of Fastify here: check the body by lab/wire/codec.ts')
}

export const NO_SCHEMAS: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator: refuse, buildSerializer: refuse },
}
