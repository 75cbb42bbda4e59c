/** Sending: accepted once or refused clearly, whatever happens on the way. */
import { MAX_TEXT_BYTES } from '../../../wire/limits.ts'
import type { ChatMessage } from '../../../wire/message.ts'
import type { TestBench } from '../../kit/test-bench.ts'
import type { Case } from '../case.ts'
import { intact, refusal, same, sameList } from '../checks.ts'

/** Calls `then` in the moment in which the message is committed, before the answer can leave. */
function afterAccepting(bench: TestBench, then: (message: ChatMessage) => void): void {
  const { room } = bench
  const publish = room.publish.bind(room)
  room.publish = async (draft) => {
    const message = await publish(draft)
    then(message)
    return message
  }
}

export const sending: readonly Case[] = [
  {
    name: 'an answer to a send is the message as it stands in the log',
    why: 'The sender would be told "sent" before anybody has it, or be shown another time or number than the others. Answer with what the hub returned, after it returned it.',
    async run(bench) {
      const anna = await bench.join('anna')
      for (let i = 1; i <= 5; i++) {
        const answer = await anna.client.send(`text ${i}`)
        same('the answer', answer, bench.log().at(-1))
        same('messages in the log', bench.log().length, i)
      }
    },
  },
  {
    name: 'an empty text is refused as bad-draft, and the connection stays open',
    why: 'One mistake would throw the writer out, or be shown as sent. A refused draft is an answer like any other: name the draft, the code and the reason.',
    async run(bench) {
      const anna = await bench.join('anna')
      same('the code', await refusal('an empty text', anna.client.send('')), 'bad-draft')
      const sent = await anna.client.send('still here')
      await bench.heard(anna, 1)
      intact(anna, [sent])
      same('reconnects', anna.client.figures.reconnects, 0)
    },
  },
  {
    name: 'a text that is too long is refused as too-large, and nothing stays stuck behind it',
    why: 'Everything written afterwards would wait for ever behind a message that can never be sent. Refuse the draft, not the connection.',
    async run(bench) {
      const anna = await bench.join('anna')
      const one = anna.client.send('x'.repeat(MAX_TEXT_BYTES + 1))
      same('the code for one byte too many', await refusal('one byte too many', one), 'too-large')
      const two = anna.client.send('€'.repeat(MAX_TEXT_BYTES / 2))
      same(
        'the code for three bytes a letter',
        await refusal('too many bytes, few letters', two),
        'too-large',
      )
      const far = anna.client.send('x'.repeat(1024 * 1024))
      same('the code for a megabyte', await refusal('a megabyte', far), 'too-large')
      const sent = await anna.client.send('short')
      await bench.heard(anna, 1)
      intact(anna, [sent])
    },
  },
  {
    name: 'a draft with a bad id is refused, and the next one is not',
    why: 'A program that makes its own ids would be cut off, or wait for an answer that never names its draft.',
    async run(bench) {
      const anna = await bench.join('anna')
      same('the code', await refusal('an empty draftId', anna.client.send('text', '')), 'bad-draft')
      same('the code', await refusal('a line break', anna.client.send('text', 'a\nb')), 'bad-draft')
      same('the code', await refusal('65 characters', anna.client.send('text', 'x'.repeat(65))), 'bad-draft')
      await anna.client.send('good', 'good')
      same('messages in the log', bench.log().length, 1)
    },
  },
  {
    name: 'a refusal harms no other client',
    why: 'One bad message would throw out the whole room.',
    async run(bench) {
      const anna = await bench.join('anna')
      const ben = await bench.join('ben')
      await refusal('an empty text', anna.client.send(''))
      await refusal('too long', anna.client.send('x'.repeat(MAX_TEXT_BYTES + 1)))
      const sent = await ben.client.send('untouched')
      await bench.heard(ben, 1)
      intact(ben, [sent])
      same('reconnects of ben', ben.client.figures.reconnects, 0)
    },
  },
  {
    name: 'a draft that is sent again is one message, with the same answer',
    why: 'Every retry on a bad line would be said twice. The draftId goes to the hub as it came; do not make a new one on the way.',
    async run(bench) {
      const anna = await bench.join('anna')
      const ben = await bench.join('ben')
      const first = await anna.client.send('once', 'draft-1')
      const again = await anna.client.send('once', 'draft-1')
      same('the answer to the second', again, first)
      const last = await anna.client.send('the end')
      await bench.heard(ben, 2)
      intact(ben, [first, last])
    },
  },
  {
    name: 'one draftId for two texts is a draft-conflict',
    why: 'The second text would vanish, answered as if it had been sent.',
    async run(bench) {
      const anna = await bench.join('anna')
      await anna.client.send('first', 'draft-1')
      same('the code', await refusal('another text', anna.client.send('second', 'draft-1')), 'draft-conflict')
      await anna.client.send('third', 'draft-2')
      sameList(
        'the log',
        bench.log().map(({ text }) => text),
        ['first', 'third'],
      )
    },
  },
  {
    name: 'two authors may use the same draftId',
    why: 'Programs that count their drafts from 1 would silence each other.',
    async run(bench) {
      const anna = await bench.join('anna')
      const ben = await bench.join('ben')
      const answers = await Promise.all([
        anna.client.send('mine', 'draft-1'),
        ben.client.send('no, mine', 'draft-1'),
      ])
      same(
        'the authors in the answers',
        answers.map(({ author }) => author),
        ['anna', 'ben'],
      )
      same('messages in the log', bench.log().length, 2)
    },
  },
  {
    name: 'what is written while offline is sent once, in order, when the line is back',
    why: 'Words written in a tunnel would be lost, doubled or shuffled.',
    async run(bench) {
      const anna = await bench.join('anna')
      await bench.stop()
      await bench.until('anna notices', () => anna.client.state.status !== 'open')
      const texts = ['in', 'the', 'tunnel', 'we', 'wrote']
      const sends = texts.map((text) => anna.client.send(text))
      same('what waits', anna.client.unsent, texts.length)
      await bench.start()
      await Promise.all(sends)
      sameList(
        'the log',
        bench.log().map(({ text }) => text),
        texts,
      )
      await bench.heard(anna, texts.length)
      intact(anna, bench.log())
      same('what waits', anna.client.unsent, 0)
    },
  },
  {
    name: 'an answer that is lost after the hub has accepted makes no second message',
    why: 'This is the classic double post: the line breaks after the server has it and before you know. Only the same draftId can tell the server that it is the same message.',
    async run(bench) {
      const anna = await bench.join('anna')
      let accepted = 0
      afterAccepting(bench, () => {
        if (++accepted <= 3) anna.cut()
      })
      const sent = await anna.client.send('exactly once')
      same('how often the hub was asked', accepted > 3, true)
      sameList('the log', bench.log(), [sent])
      await bench.heard(anna, 1)
      intact(anna, [sent])
    },
  },
  {
    name: 'a client that is closed while it sends rejects what was not answered',
    why: 'A page that is left would wait for ever, and so would every caller that awaits the promise.',
    async run(bench) {
      const anna = await bench.join('anna')
      const sends = ['one', 'two', 'three'].map((text) => refusal('a send', anna.client.send(text)))
      anna.client.close()
      sameList('the codes', await Promise.all(sends), ['closed', 'closed', 'closed'])
      same('the code after closing', await refusal('a late send', anna.client.send('four')), 'closed')
    },
  },
]
