import type { About } from '../../lab/client/about.ts'

const about: About = {
  title: 'Long polling',
  short: 'Long polling',
  idea: 'The browser asks, and the server keeps the question until it has an answer; then the browser asks again.',
  watch:
    'When traffic is thin, each message costs one request; when it is dense, one answer carries several.',
  knob: 'holdMs',
}

export default about
