/** The TCP handshake, and what TLS adds to it: time goes down, and a slanted arrow takes half a round trip. */
import { arrow, cumulative, line, type Picture, text, WIDTH } from './draw.ts'

const CLIENT = 62
const SERVER = 290
const TOP = 40
/** Of one round trip. */
const HEIGHT = 94

/** What is said in turn, and in which step of the picture. The first is the client's (RFC 9293 §3.5, RFC 8446 §2). */
const FLIGHTS = [
  ['SYN: I count from x', 1],
  ['SYN-ACK: yes, and I from y', 2],
  ['ACK, and the first bytes', 3],
  ['TLS: ServerHello … Finished', 4],
  ['TLS: Finished, and the request', 4],
  ['the first bytes of the answer', 5],
] as const

/** How many round trips after the beginning the flight of this place sets out: each answers the one before. */
export const leavesAt = (flight: number): number => flight / 2

const y = (roundTrips: number) => TOP + HEIGHT * roundTrips

function flight(index: number): string {
  const [words] = FLIGHTS[index]!
  const [from, to] = index % 2 === 0 ? [CLIENT, SERVER] : [SERVER, CLIENT]
  const [start, end] = [leavesAt(index), leavesAt(index + 1)]
  const time = (x: number, at: number) =>
    text(x === CLIENT ? x - 8 : x + 8, y(at) + 4, inHalves(at), {
      tone: 'muted',
      anchor: x === CLIENT ? 'end' : 'start',
    })
  return (
    arrow([from, y(start) + 3], [to, y(end) - 3], words, { tone: index < 3 ? 's2' : 's6' }) + time(to, end)
  )
}

const inHalves = (at: number): string => (at % 1 === 0 ? String(at) : `${at < 1 ? '' : Math.floor(at)}½`)

const ground =
  text(CLIENT, 16, 'client', { anchor: 'middle', bold: true, as: '' }) +
  text(SERVER, 16, 'server', { anchor: 'middle', bold: true, as: '' }) +
  line([CLIENT, 24], [CLIENT, y(3) + 10], { tone: 'rule', as: '' }) +
  line([SERVER, 24], [SERVER, y(3) + 10], { tone: 'rule', as: '' }) +
  text(CLIENT - 8, TOP + 4, '0', { tone: 'muted', anchor: 'end', as: '' }) +
  text(WIDTH / 2 + 6, y(3) + 26, 'at the left and right: round trips since the beginning', {
    tone: 'muted',
    anchor: 'middle',
    as: 'small',
  })

export const handshake: Picture = {
  title: 'The TCP handshake, and TLS behind it',
  height: y(3) + 34,
  frames: cumulative(
    [1, 2, 3, 4, 5].map((step) =>
      FLIGHTS.map(([, comesIn], index) => (comesIn === step ? flight(index) : '')).join(''),
    ),
  ).map((frame) => ground + frame),
}
