/**
 * A person on the line, at `nc` or Telnet: a name, a room, and then each line is a message.
 *
 * What the server says itself begins with `#`; a message begins with its time. Half-open connections are found by the
 * kernel's own probes, since a person answers no heartbeats.
 */

import { randomUUID } from 'node:crypto'
import { inOurWords } from '../../lab/server/http/errors.ts'
import { Pump } from '../../lab/server/transport-kit/pump.ts'
import type { Reader, Writer } from '../../lab/server/transport-kit/room-gateway.ts'
import { parseNewName, parseRoomName } from '../../lab/wire/codec.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { MAX_TEXT_BYTES } from '../../lab/wire/limits.ts'
import type { Page } from '../../lab/wire/message.ts'
import { withoutIsolates } from '../../lab/wire/names.ts'
import type { Here } from '../../lab/wire/presence.ts'
import { asText, visible } from './server-screen.ts'
import type { Connection, Session } from './server-session.ts'

export const GREETING =
  '# Transport Lab over plain TCP. Programs write a line of JSON first; people just type.\n# Your name?\n'

/** How long a person may be quiet and still count as here: there is no sign of life but a line. */
const QUIET_MS = 60 * 60_000
/**
 * After so much silence the kernel asks the other end whether it is there; libuv lets it ask ten times, a second apart.
 * The usual two hours of TCP keep-alive (RFC 9293 §3.8.4) would keep a line that is gone for longer than a night's chat.
 */
const KEEP_ALIVE_MS = 15_000
/** Wrong names and rooms until the server hangs up: what goes on for longer is no person. */
const MAX_TRIES = 5
/** How much of what was said before is shown on coming in. */
const SHOWN_BEFORE = 10
const USUAL_ROOM = 'lobby'
const TOKEN = /^lab_\S+$/

const HELP = [
  'A line is a message. /who: who is here. /join ROOM: another room. /name NAME: another name.',
  '/quit: goodbye. A message that begins with a slash: write two. Times are UTC.',
]

interface Room {
  readonly reader: Reader
  readonly writer: Writer
  readonly pump: Pump
}

export function servePerson(connection: Connection): Session {
  const { socket, shared, isGreeted } = connection
  const closeWithError = (why: ChatError) => connection.closeWithError(why)
  const { lab, shutdownListeners } = shared
  const { gateway, metrics } = lab
  const clientId = uniqueId()
  let token: string | null = null
  let name = ''
  let here: Here | null = null
  let room: Room | null = null
  let tries = 0
  let onLine = takeName
  const person = { onShutdown }
  if (!isGreeted) socket.write(GREETING)

  function takeName(line: string) {
    const typed = line.trim()
    if (typed === '/quit') return quit()
    if (TOKEN.test(typed)) token = typed
    else name = parseNewName(typed, 'bad-draft', 'a name')
    onLine = takeRoom
    say(`Which room? (Enter for ${USUAL_ROOM})`)
  }
  function takeRoom(line: string) {
    const typed = line.trim()
    if (typed === '/quit') return quit()
    try {
      enter(typed === '' ? USUAL_ROOM : typed)
    } catch (error) {
      // A token that does not hold must not leave the person at the wrong question.
      if (error instanceof ChatError && error.code === 'not-signed-in' && token !== null) {
        token = null
        onLine = takeName
        throw new ChatError(error.code, `${error.message}. Your name, or another token?`)
      }
      throw error
    }
    tries = 0
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    shutdownListeners.add(person)
    connection.allow(MAX_TEXT_BYTES)
    onLine = takeMessage
  }
  function takeMessage(line: string) {
    room?.reader.onActivity({})
    const [, command, rest = ''] = /^\/(\w+) *(.*)$/.exec(line) ?? []
    if (command === undefined) return line.trim() === '' ? undefined : publish(line.replace(/^\/\//, '/'))
    if (command === 'who') return say(who(here))
    if (command === 'join') return enter(rest.trim())
    if (command === 'name') return rename(rest.trim())
    if (command === 'quit') return quit()
    if (command !== 'help') say(`There is no /${command}.`)
    for (const help of HELP) say(help)
  }

  /** @throws ChatError when the person may not; then they stay where they are */
  function enter(typed: string) {
    const roomName = parseRoomName(typed)
    const peer = lab.peerOf(socket, { room: roomName, token, clientId })
    const reader = gateway.openReader(peer, roomName, QUIET_MS)
    const writer = gateway.openWriter(peer, roomName)
    const before = reader.read(reader.readBack(null).cursor)
    leave()
    if (token !== null) name = peer.credentials.person?.name ?? name
    say(`You are ${name} in ${roomName}. /help says what else there is.`)
    show({ ...before, messages: before.messages.slice(-SHOWN_BEFORE) })
    room = { reader, writer, pump: new Pump(reader, before.cursor, socket, { onPage: show, onEnd }, metrics) }
  }
  function leave() {
    room?.reader.onActivity({ leaving: true })
    room?.pump.stop()
    room = null
    here = null
  }
  function show(page: Page) {
    here = page.here ?? here
    if (page.gap) say('Some messages are missing here: the server does not keep them any more.')
    const text = page.messages.map((message) => `${asText(message)}\n`).join('')
    if (text === '') return
    socket.write(text)
    metrics.bytes += Buffer.byteLength(text)
  }
  /** The message comes back to its writer by the room, like to all: so the writer sees that it has been kept. */
  function publish(text: string) {
    const draft = { draftId: uniqueId(), text, ...(name !== '' && { author: name }) }
    room?.writer.publish(draft).catch((error) => {
      if (!(error instanceof ChatError)) return closeWithError(inOurWords(error))
      metrics.refused(error, { address: socket.remoteAddress ?? '' })
      say(`Not sent: ${error.message}`)
    })
  }
  function rename(typed: string) {
    if (token !== null) return say('You have signed in by a token, which is for one name.')
    name = parseNewName(typed, 'bad-draft', 'a name')
    say(`You are ${name}.`)
  }
  function quit() {
    say('Goodbye.')
    leave()
    connection.close()
  }
  function onShutdown() {
    closeWithError(new ChatError('stopping', 'the server is going away; try again soon'))
  }
  function onEnd(why: ChatError) {
    closeWithError(
      why.code === 'silent' ? new ChatError('silent', 'you have been silent for an hour: goodbye') : why,
    )
  }
  function say(text: string) {
    socket.write(`# ${visible(withoutIsolates(text))}\n`)
  }

  return {
    /** A person who makes a mistake is told, and asked again. */
    onLine(line) {
      try {
        onLine(line)
      } catch (error) {
        if (!(error instanceof ChatError) || (room === null && ++tries >= MAX_TRIES)) throw error
        say(`${sentence(error.message)} Try again.`)
      }
    },
    tell: (why) => say(sentence(why.message)),
    stop() {
      room?.pump.stop()
      shutdownListeners.delete(person)
    },
  }
}

function who(here: Here | null): string {
  if (!here) return 'The server has not said yet who is here.'
  const { people, unlisted, visitors } = here
  const names = people.map(({ name, state }) => (state === 'here' ? name : `${name} (silent)`))
  if (unlisted > 0) names.push(`${unlisted} more`)
  // Without proof, a name is only what its writer claims: so they are counted, and not named.
  if (visitors > 0) names.push(`${visitors} without a proven name`)
  return `Here: ${names.join(', ')}.`
}

const sentence = (message: string): string =>
  `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`

/** As a draft and a client may be called: 32 hexadecimal digits. */
const uniqueId = () => randomUUID().replaceAll('-', '')
