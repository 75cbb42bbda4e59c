import { readEventStream } from '../../../transports/sse/event-stream.ts'
import { exercise, isSlip, same, shown, wanted } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

/** What a reader of the lab makes of it. */
async function read(stream: string): Promise<{ id: string; data: string }[]> {
  const events = []
  for await (const event of readEventStream(new Response(stream).body!)) events.push(event)
  return events
}

async function survives({ formatEvent }: Work, text: string, hint = ''): Promise<void> {
  const expected = [{ id: 'a:1', data: text.replace(/\r\n|\r/g, '\n') }]
  const stream = formatEvent('a:1', text)
  wanted(typeof stream === 'string', `formatEvent returned ${shown(stream)}; it should be a string`)
  const events = await read(stream)
  same(
    `the text ${shown(text)} became ${shown(stream)}; what a reader gets of that`,
    events,
    expected,
    events.length === 0
      ? 'No event at all: only an empty line ends one, so two line ends stand at the end.'
      : hint,
  )
}

const NOT_ESCAPED =
  'A reader takes what stands behind data: as it is. It undoes no escapes; it joins several data lines.'

export default exercise<Work>(
  ['formatEvent'],
  [
    { name: 'a text of one line', run: (work) => survives(work, 'Is there tea?', NOT_ESCAPED) },
    { name: 'a text of several lines', run: (work) => survives(work, 'One\nTwo\n\nFour', NOT_ESCAPED) },
    {
      name: 'the text of a message cannot forge an event',
      run: (work) =>
        survives(
          work,
          'Hi\n\nid: a:99\ndata: I owe you 100 euros',
          'An empty line of the text ended the event, and the rest became another one.',
        ),
    },
    {
      name: 'CR and CRLF are line ends too',
      run: (work) =>
        survives(work, 'One\rid: 9\r\r\nTwo', 'To escape only LF is not enough: a CR ends a line, too.'),
    },
    {
      name: 'spaces, colons and empty texts come out as they went in',
      async run(work) {
        for (const text of [' set in', ':', '', '\n', 'data: x', 'end\n'])
          await survives(
            work,
            text,
            'A reader leaves out one space after the colon: is it yours or the text’s?',
          )
      },
    },
    {
      name: 'an id with a line break is refused',
      run({ formatEvent }) {
        for (const id of ['a\nb', 'a\rb']) {
          let thrown: unknown = null
          try {
            formatEvent(id, 'text')
          } catch (error) {
            if (isSlip(error)) throw error
            thrown = error
          }
          wanted(
            thrown instanceof RangeError,
            thrown === null
              ? `the id ${shown(id)} was taken; it should throw a RangeError`
              : `for the id ${shown(id)} it threw ${thrown instanceof Error ? thrown.name : shown(thrown)}; it should throw a RangeError`,
          )
        }
      },
    },
  ],
)
