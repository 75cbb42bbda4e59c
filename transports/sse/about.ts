import type { About } from '../../lab/client/about.ts'

const about: About = {
  title: 'Server-sent events',
  short: 'SSE',
  idea: 'The browser asks once, and the server never ends its answer: each event is written as it happens.',
  watch: 'One request brings any number of messages; only what you write yourself here costs another.',
}

export default about
