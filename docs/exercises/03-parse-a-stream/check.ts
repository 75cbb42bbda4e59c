import { exercise, same, shown } from '../runner/check.ts'
import type { StreamEvent } from './starter.ts'

type Work = typeof import('./solution.ts')

function parsed({ createParser }: Work, ...chunks: string[]): StreamEvent[] {
  const events: StreamEvent[] = []
  const parser = createParser((event) => events.push({ id: event.id, data: event.data }))
  for (const chunk of chunks) parser.push(chunk)
  return events
}

/** What was pushed is part of the complaint: a mistake cannot be looked for in a stream that is not shown. */
function events(work: Work, chunks: readonly string[], expected: readonly StreamEvent[], hint: string): void {
  const pushed =
    chunks.length > 4
      ? `${shown(chunks.join(''))}, a character at a time`
      : chunks.map(shown).join(' and then ')
  same(`the events of ${pushed}`, parsed(work, ...chunks), expected, hint)
}

const TWO = 'id: a:1\ndata: first\n\nid: a:2\ndata: second\n\n'
const BOTH = [
  { id: 'a:1', data: 'first' },
  { id: 'a:2', data: 'second' },
]

export default exercise<Work>(
  ['createParser'],
  [
    {
      name: 'one event in one chunk',
      run: (work) =>
        events(
          work,
          ['id: a:1\ndata: first\n\n'],
          BOTH.slice(0, 1),
          'One empty line, one event. The value is all that stands behind the first colon and its space.',
        ),
    },
    {
      name: 'two events in one chunk',
      run: (work) => events(work, [TWO], BOTH, 'An empty line ends an event, wherever a chunk ends.'),
    },
    {
      name: 'two events cut at every character',
      run: (work) => events(work, [...TWO], BOTH, 'Keep the unfinished line until its end has come.'),
    },
    {
      name: 'an event is not given out before its empty line',
      run: (work) =>
        events(
          work,
          ['data: half\n'],
          [],
          'More data may follow. Only the empty line says that the event is whole.',
        ),
    },
    {
      name: 'several data lines are one text',
      run: (work) =>
        events(
          work,
          ['data: a\ndata: b\n\n'],
          [{ id: '', data: 'a\nb' }],
          'Lines of data in one event are joined by LF.',
        ),
    },
    {
      name: 'CR and CRLF end lines too, even when they are cut in two',
      run(work) {
        events(
          work,
          ['data: a\r\r'],
          [{ id: '', data: 'a' }],
          'Its lines end with CR, which is a line end as good as any.',
        )
        events(
          work,
          ['data: a\r\ndata: b\r\n\r\n'],
          [{ id: '', data: 'a\nb' }],
          'CR with LF is one line end, not two.',
        )
        events(
          work,
          ['data: a\r', '\ndata: b\r', '\n\r', '\n'],
          [{ id: '', data: 'a\nb' }],
          'The LF belongs to the CR before it: it ends no second line.',
        )
      },
    },
    {
      name: 'an id holds until the next one',
      run: (work) =>
        events(
          work,
          ['id: 7\ndata: a\n\n', 'data: b\n\n'],
          [
            { id: '7', data: 'a' },
            { id: '7', data: 'b' },
          ],
          'An event without an id of its own has the last one.',
        ),
    },
    {
      name: 'comments, other fields and events without data are passed over',
      run: (work) =>
        events(
          work,
          [':\n\nretry: 1000\n\nid: 3\n\n:data: no\ndatum: no\ndata: yes\n\n'],
          [{ id: '3', data: 'yes' }],
          'A heartbeat, a retry and a lone id are no events. The id holds all the same.',
        ),
    },
    {
      name: 'one space after the colon is left out, and no more; a missing one is none',
      run: (work) =>
        events(
          work,
          ['data:a\ndata:  b\ndata\n\n'],
          [{ id: '', data: 'a\n b\n' }],
          'Only one space belongs to the colon. A line without a colon is a field with an empty value.',
        ),
    },
  ],
)
