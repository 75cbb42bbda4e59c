/**
 * Which files may be posted: those that a browser shows without running anything, and PDF, which it
 * hands to a viewer. What is not here is refused; a list of what is dangerous would never be complete.
 */
interface FileType {
  /** Whether its first bytes are those of this type. */
  readonly fits: (bytes: Uint8Array) => boolean
  /** Whether a page may show it. All else is only to be saved. */
  readonly isImage: boolean
}

const startsWith =
  (...start: readonly number[]) =>
  (bytes: Uint8Array, from = 0) =>
    start.every((byte, index) => bytes[from + index] === byte)
const latin1 = (text: string) => startsWith(...Array.from(text, (letter) => letter.charCodeAt(0)))
const riff = latin1('RIFF')
const webp = latin1('WEBP')

/** By media type (RFC 6838). The signatures are those of the WHATWG MIME Sniffing Standard, §6.1 and §7.1. */
export const FILE_TYPES: ReadonlyMap<string, FileType> = new Map<string, FileType>([
  ['image/png', { fits: startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), isImage: true }],
  ['image/jpeg', { fits: startsWith(0xff, 0xd8, 0xff), isImage: true }],
  ['image/gif', { fits: (bytes) => latin1('GIF87a')(bytes) || latin1('GIF89a')(bytes), isImage: true }],
  ['image/webp', { fits: (bytes) => riff(bytes) && webp(bytes, 8), isImage: true }],
  ['application/pdf', { fits: latin1('%PDF-'), isImage: false }],
  ['text/plain', { fits: isPlainText, isImage: false }],
])

/** Whether a page may show a file of this type as a picture. */
export const isImage = (type: string): boolean => FILE_TYPES.get(type)?.isImage ?? false

/** UTF-8, without what no text has: the “binary data bytes” of the MIME Sniffing Standard, §3. */
function isPlainText(bytes: Uint8Array): boolean {
  try {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    return !/[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/.test(utf8.decode(bytes))
  } catch {
    return false
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Whether a file may be called so, besides what every name must be (codec.ts): a name and not a path. That
 * no name holds a mark of direction matters here most: with one before `gnp.exe`, it would be shown as
 * ending in `exe.png`.
 */
export const isFileName = (name: string): boolean => !/[/\\]/.test(name)
