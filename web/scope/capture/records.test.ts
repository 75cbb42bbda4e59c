import { expect, it } from 'vitest'
import { parseRecord } from './records.ts'

it('reads each kind of record, and passes over what it does not know', () => {
  expect(parseRecord('{"kind":"now","at":1.5}')).toEqual({ kind: 'now', at: 1.5 })
  expect(
    parseRecord('{"kind":"bytes","connection":1,"direction":"toClient","at":2,"offset":0,"bytes":"aGk="}'),
  ).toEqual({
    ...{ kind: 'bytes', connection: 1, direction: 'toClient', at: 2, offset: 0 },
    bytes: Uint8Array.of(104, 105),
  })
  expect(parseRecord('{"kind":"close","connection":1,"at":2,"by":"fault","how":"reset"}')).toMatchObject({
    by: 'fault',
  })
  expect(
    parseRecord('{"kind":"fault","id":1,"lanes":["sse",3],"fault":"cut","at":2,"until":null,"on":true}'),
  ).toMatchObject({ lanes: ['sse'], on: true })
})

it.each([
  'not json',
  'null',
  '[]',
  '{"kind":"news","at":1}',
  '{"kind":"now"}',
  '{"kind":"open","connection":"1","lane":"sse","at":1}',
  '{"kind":"bytes","connection":1,"direction":"up","at":1,"offset":0,"bytes":""}',
  '{"kind":"bytes","connection":1,"direction":"toClient","at":1,"offset":0,"bytes":"*"}',
])('makes nothing of %s', (line) => expect(parseRecord(line)).toBeNull())
