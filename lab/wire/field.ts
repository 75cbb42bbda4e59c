/**
 * How the schemas of this folder describe a field.
 *
 * A schema does three things: it is the TypeScript type, the check, and the source of
 * docs/reference/message.schema.json. A reader checks less than a writer promises, so that a client of
 * today can read a server of tomorrow: a message needs a number, whereas the server promises a whole
 * one from 1 on. Both stand in one place: the schema is what a reader checks, and `promise` is what only
 * the JSON Schema adds.
 */
import * as v from 'valibot'

type AnySchema = v.GenericSchema

/**
 * `schema` with what the JSON Schema says of it. It is `v.pipe(schema, v.metadata(…))`, but for its cost: a pipe
 * would be run for each field of each message, and metadata checks nothing. So the check stays that of `schema`.
 *
 * @param promise keywords of JSON Schema (draft 2020-12) that hold besides what `schema` checks
 */
export function field<S extends AnySchema>(schema: S, description: string, promise: object = {}): S {
  const before = 'pipe' in schema ? (schema.pipe as unknown[]) : [schema]
  return { ...schema, pipe: [...before, v.metadata({ description, ...promise })] }
}

/** A field that a reader passes over when it is absent, or when it holds something that the reader does not know. */
export const ifKnown = <S extends AnySchema>(schema: S) => v.fallback(v.optional(schema), undefined)

/**
 * Removes the fields that {@link ifKnown} has passed over, so that a copy of the object does not carry them.
 * They are rare, and `delete` is slow, so the object is made by the schema and only mended here.
 */
export function withoutUnknown<T extends object>(value: T): T {
  for (const key in value) if (value[key] === undefined) delete value[key]
  return value
}

/** The items that `schema` accepts; the others are left out. */
export const knownItems = <S extends AnySchema>(schema: S) =>
  v.pipe(
    v.array(v.fallback(schema, LEFT_OUT as never)),
    v.transform((items) => items.filter((item) => item !== LEFT_OUT)),
  )
const LEFT_OUT = null

/** What a schema makes, which no part of the lab changes. */
export type Parsed<S extends AnySchema> = Immutable<v.InferOutput<S>>

type Immutable<T> = T extends string | number | boolean
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Immutable<Item>[]
    : { readonly [Key in keyof T]: Immutable<Exclude<T[Key], undefined>> }
