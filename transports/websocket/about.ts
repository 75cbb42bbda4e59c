import type { About } from '../../lab/client/about.ts'

const about: About = {
  title: 'WebSocket',
  short: 'WebSocket',
  idea: 'One HTTP handshake turns the connection into a line on which both sides talk when they please.',
  watch: 'Requests stay at one, even for what you write: it leaves by the open socket.',
}

export default about
