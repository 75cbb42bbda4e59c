import type { About } from '../../lab/client/about.ts'

const about: About = {
  title: 'Server-sent events',
  short: 'SSE',
  idea: 'The browser asks once, and the server never ends its answer: each event is written as it happens.',
  watch:
    'One request brings any number of messages. Another one goes for what you write, and every 10 s where the lane shows who is here: on this stream, you cannot say that you are still there.',
}

export default about
