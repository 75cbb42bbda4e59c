import type { About } from '../../lab/client/about.ts'

const about: About = {
  title: 'Short polling',
  short: 'Short polling',
  idea: 'The browser asks “anything new?” again and again; the server answers at once, mostly with nothing.',
  watch: 'Requests grow even when nobody writes, and a message waits for the next question.',
  knob: 'intervalMs',
}

export default about
