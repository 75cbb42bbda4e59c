/**
 * How large things may be. Every transport keeps to the same figures, so that
 * what one refuses, all refuse.
 */

/** Longest text of one message, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 64 * 1024

/** Longest author name and draft id, in UTF-16 code units. */
export const MAX_NAME_LENGTH = 64

/**
 * Largest request body or WebSocket message, in bytes. JSON may spend six bytes
 * on one (`\u0000` for NUL), so the longest text can be six times as long on the wire.
 */
export const MAX_DRAFT_BYTES = 6 * MAX_TEXT_BYTES + 4 * 1024

/**
 * Most bytes of the messages of one page, as JSON in UTF-8, unless it is a single message. Clients refuse what is
 * longer than 128 KiB (libsoup's WebSocket, aiohttp's lines), and that has to hold the whole: who is here, at most
 * some 28 kB, and the page, event or frame around it.
 */
export const PAGE_BYTES = 96 * 1024

/** Longest time a reader may ask the server to hold a poll, in seconds: most proxies give up at 60. */
export const MAX_WAIT_S = 55

/** Largest file, in bytes: a photograph made smaller, a few pages of PDF. It crosses the memory of the server whole. */
export const MAX_FILE_BYTES = 1024 * 1024
