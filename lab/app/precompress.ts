/**
 * Precompressed: beside each file that shrinks, its gzip and its Brotli form, made once at the build.
 *
 * @fastify/static then answers with the one that the client accepts (RFC 9110 §12.5.3), with its own length and
 * its own ETag, and says `Vary`. So a page is compressed once and not for each reader. What is said in rooms is
 * never compressed this way: see docs/decisions/012-compression-once.md.
 */
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const toGzip = promisify(gzip)
const toBrotli = promisify(brotliCompress)

/** Types that shrink. Pictures have been compressed already. */
const TEXTS = new Set(['.html', '.js', '.css', '.json', '.svg', '.map'])
/** Below this a file and its headers are one packet anyway, in bytes. */
const MIN_BYTES = 500
/** Of 11. From 9 on, the 6 MB of the course take fifteen seconds in the place of a quarter, and shrink by 1 % more. */
const BROTLI_LEVEL = 7

/** Compresses all texts of a folder and its folders, except those whose forms are newer than they are. */
export async function precompress(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await precompress(path)
    else if (TEXTS.has(extname(path))) await compress(path)
  }
}

async function compress(path: string): Promise<void> {
  const forms = [form(path, '.gz', (bytes) => toGzip(bytes, { level: 9 }))]
  // Source maps are for those who open the debugger: one form is enough.
  if (extname(path) !== '.map') forms.push(form(path, '.br', (bytes) => toBrotli(bytes, BROTLI)))
  await Promise.all(forms)
}

const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_LEVEL } }

/** A form that has become stale must not stay: it would be answered in the place of the file. */
async function form(path: string, ending: string, make: (bytes: Buffer) => Promise<Buffer>): Promise<void> {
  const target = path + ending
  const [source, made] = await Promise.all([stat(path), stat(target).catch(() => null)])
  // Of the same time is not newer: the kernel's clock for files stands still for some milliseconds.
  if (made && made.mtimeMs > source.mtimeMs) return
  const bytes = await readFile(path)
  const smaller = bytes.length < MIN_BYTES ? null : await make(bytes)
  if (smaller && smaller.length < bytes.length) await writeWhole(target, smaller)
  else await rm(target, { force: true })
}

/**
 * Writes a file, unless that is what it holds: then its date stays, and with it the ETag and the forms above.
 * It takes its place at once, so that a server that is running never reads half of one.
 */
export async function writeIfChanged(path: string, bytes: Uint8Array): Promise<void> {
  const before = await readFile(path).catch(() => null)
  if (!before?.equals(bytes)) await writeWhole(path, bytes)
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, bytes)
  await rename(temporary, path)
}
