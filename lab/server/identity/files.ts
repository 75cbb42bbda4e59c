/**
 * Files in a room: posted over HTTP, announced as a message, fetched again by clients that may read there.
 *
 * The bytes come from a stranger, and they go out from our own origin. So they are never a page: a
 * type from a short list, checked against what they are, and headers under which a browser neither
 * guesses another nor runs any of it, whatever else they may also be.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { parseNewName } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import { FILE_TYPES, isFileName, isImage } from '../../wire/file-types.ts'
import { MAX_FILE_BYTES } from '../../wire/limits.ts'
import { isKnown } from '../http/conditions.ts'
import { subnetOf } from '../limits/addresses.ts'
import type { LimitLink } from '../limits/shared/link.ts'
import { clientAddress } from '../limits/trust.ts'
import { queryOf } from '../transport-kit/query.ts'
import { type HttpRooms, openPostWriter, openReader } from '../transport-kit/requests.ts'

/** Files that may be on their way at once: each is in memory until it is whole, and may take its time. */
export const MAX_UPLOADS = 32
/** The same from one address, so that no single client can hold all of them. */
export const MAX_UPLOADS_EACH = 4
/** How soon to try again when there are too many, in seconds. */
const RETRY_AFTER_S = 1

/** What a browser may do with a file that its reader opens by itself: show it, in an origin of its own. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/** Mounts `files` below `/rooms/ROOM`. @param link to other servers, with which the limit of an address is shared */
export function serveFiles(rooms: FastifyInstance, lab: HttpRooms, link?: LimitLink): void {
  const uploads = countUploads(link)

  void rooms.register(async (app) => {
    // Any type is taken up to here, so that it is refused below, in words that fit.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: MAX_FILE_BYTES },
      async (_request: unknown, body: Buffer) => body,
    )

    // Before the body is read: who may not say anything here does not send a megabyte first.
    const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
      openPostWriter(lab, request).check()
      uploads.begin(subnetOf(clientAddress(request)), reply)
    }
    app.post('/files', { onRequest }, async (request, reply) => {
      const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array()
      const type = typeOf(request, bytes)
      const draft = { draftId: queryOf(request, 'draftId'), author: queryOf(request, 'author') }
      const file = { name: nameOf(request), type, size: bytes.length }
      return reply.code(201).send(await openPostWriter(lab, request).attach(draft, file, bytes))
    })
  })

  rooms.get('/files/:id', (request, reply) => {
    const { id } = request.params as { readonly id: string }
    const file = openReader(lab, request).file(id)
    if (!file) throw new ChatError('not-found', 'there is no such file here')
    const { name, type, bytes } = file
    const etag = `"${id}"`
    reply.headers({
      'content-disposition': dispositionOf(type, name),
      'x-content-type-options': 'nosniff',
      'content-security-policy': POLICY,
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      // It never changes, but who may have it does: asked each time, and sent once.
      'cache-control': 'private, no-cache',
      etag,
    })
    if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send()
    return reply
      .type(type === 'text/plain' ? 'text/plain; charset=utf-8' : type)
      .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
  })
}

/** @throws ChatError `wrong-type` when it is none of those that may be posted, or is not what it says */
function typeOf(request: FastifyRequest, bytes: Uint8Array): string {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';')
  const known = FILE_TYPES.get(type.trim())
  const foreign = parameters.find((one) => !/^\s*(charset="?utf-8"?\s*)?$/.test(one))
  if (!known || foreign !== undefined) {
    throw new ChatError('wrong-type', `a file must be one of ${[...FILE_TYPES.keys()].join(', ')}`)
  }
  if (bytes.length === 0) throw new ChatError('bad-draft', 'the file is empty')
  if (!known.fits(bytes)) throw new ChatError('wrong-type', `these bytes are not ${type.trim()}`)
  return type.trim()
}

function nameOf(request: FastifyRequest): string {
  const name = parseNewName(queryOf(request, 'name'), 'bad-draft', 'name')
  if (isFileName(name)) return name
  throw new ChatError('bad-draft', 'name must be the name of a file, without a path')
}

/**
 * How to save it (RFC 6266 §4). The name stands there twice: in letters that every client knows, and in
 * all that it has (RFC 8187 §3.2). Only a picture is shown in its place.
 */
export function dispositionOf(type: string, name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["%\\]/g, '_')
  const full = encodeURIComponent(name).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${isImage(type) ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${full}`
}

/** Counts what is on its way, by address: at all servers. How many there are in all is of this one, in whose memory they are. */
function countUploads(link?: LimitLink) {
  const open = new Map<string, number>()
  const shared = link?.counts('uploads', 1)
  let all = 0
  function set(address: string, count: number): void {
    if (count === 0) open.delete(address)
    else open.set(address, count)
    shared?.set(shared.nameOf(address), count)
  }
  return {
    /** Until the answer has been sent, or its connection is gone. @throws ChatError `too-many-requests` */
    begin(address: string, reply: FastifyReply): void {
      const own = open.get(address) ?? 0
      const elsewhere = shared?.elsewhere(shared.nameOf(address)) ?? 0
      if (own + elsewhere >= MAX_UPLOADS_EACH || all >= MAX_UPLOADS) {
        throw new ChatError(
          'too-many-requests',
          'too many files are on their way; one after the other, please',
          {
            retryAfterS: RETRY_AFTER_S,
          },
        )
      }
      set(address, own + 1)
      all++
      reply.raw.once('close', () => {
        set(address, (open.get(address) ?? 1) - 1)
        all--
      })
    },
  }
}
