/**
 * message.schema.json, made from the schemas that the lab itself parses by (lab/wire/message.ts).
 * `npm run docs:sync` writes the file; schema.test.ts says when it is not what the source makes.
 */
import { type JsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema'
import {
  ChatMessageSchema,
  CursorSchema,
  FileRefSchema,
  NoteSchema,
  PageSchema,
  SentDraftSchema,
  SeqSchema,
} from '../../lab/wire/message.ts'
import { NameSchema } from '../../lab/wire/names.ts'
import { HereSchema } from '../../lab/wire/presence.ts'

export const MESSAGE_SCHEMA_FILE = 'docs/reference/message.schema.json'

/** The text of the file. */
export function messageSchema(): string {
  const definitions = toJsonSchemaDefs(
    {
      name: NameSchema,
      seq: SeqSchema,
      cursor: CursorSchema,
      Draft: SentDraftSchema,
      FileRef: FileRefSchema,
      Note: NoteSchema,
      ChatMessage: ChatMessageSchema,
      Page: PageSchema,
      Here: HereSchema,
    },
    // What these check has no keyword of its own, or is said by the metadata of the field.
    { target: 'draft-2020-12', ignoreActions: ['check', 'safe_integer', 'transform', 'brand'] },
  )
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://transport-lab.example/schemas/message/1.1',
    title: 'What travels in Transport Lab, version 1.1',
    description:
      'Version 1 only grows: a new kind of note, or a new field, makes 1.2, and a client of 1.0 can still read it. So readers must let unknown fields and unknown kinds pass, and show the text of a message whose kind they do not know. What writers send is closed: the server refuses what is not here.',
    $defs: definitions,
  }
  return `${JSON.stringify(tidied(document), null, 2)}\n`
}

/** References without a copy of what they refer to, and kinds of notes to which later versions may add. */
function tidied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidied)
  if (typeof value !== 'object' || value === null) return value
  const { $ref, oneOf, ...schema } = value as JsonSchema
  if ($ref !== undefined) return { description: schema.description, $ref }
  if (oneOf !== undefined) return { ...schema, ...openChoice(oneOf as JsonSchema[]) }
  return Object.fromEntries(Object.entries(schema).map(([key, inner]) => [key, tidied(inner)]))
}

/** `oneOf` would refuse a kind that is unknown; this asks only of a known kind what belongs to it. */
function openChoice(options: readonly JsonSchema[]): object {
  return {
    type: 'object',
    required: ['kind'],
    properties: { kind: { type: 'string' } },
    allOf: options.map(({ description, properties: { kind, ...properties } = {}, required = [] }) => ({
      description,
      if: { properties: { kind } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: required.filter((name) => name !== 'kind'), properties: tidied(properties) },
    })),
  }
}
