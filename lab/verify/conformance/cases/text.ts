/** Whatever was written comes out as it went in: no transport may take text for its own syntax. */
import { MAX_TEXT_BYTES } from '../../../wire/limits.ts'
import type { TestBench } from '../../kit/test-bench.ts'
import type { Case } from '../case.ts'
import { intact, same, sameList } from '../checks.ts'

/** Sends each text by the transport; what comes out, anywhere, must be what went in. */
async function comeOutAsTheyWentIn(bench: TestBench, texts: readonly string[]): Promise<void> {
  const anna = await bench.join('anna')
  const ben = await bench.join('ben')
  for (const text of texts) {
    const answer = await anna.client.send(text)
    same('the text in the answer', answer.text, text)
  }
  sameList(
    'the texts in the log',
    bench.log().map(({ text }) => text),
    texts,
  )
  await bench.heard(ben, texts.length)
  intact(ben, bench.log())
}

export const text: readonly Case[] = [
  {
    name: 'every script and every emoji comes out as it went in',
    why: 'People would see boxes, question marks, or letters torn apart. Bytes are not characters: decode a stream as a stream, and count what you mean to count.',
    run: (bench) =>
      comeOutAsTheyWentIn(bench, [
        '👋🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇪🇺',
        'שלום, مرحبا \u202eright to left\u202c',
        'e\u0301 is not é, and n\u0303 is not ñ: no normalising',
        '日本語 ქართული ไทย \u{20000} \u{10ffff}',
        'zero\u200bwidth\u2060and\ufeffmarks',
      ]),
  },
  {
    name: 'line ends of every kind stay what they are',
    why: 'Lines would run together, double, or, in an event stream, end the event and begin a forged one. Encode as JSON: it has no raw line breaks.',
    run: (bench) =>
      comeOutAsTheyWentIn(bench, [
        'unix\nline',
        'dos\r\nline',
        'old\rline',
        '\n\n\nthree before\n\n',
        'separators \u2028 and \u2029, next line \u0085',
      ]),
  },
  {
    name: 'control characters, NUL and a byte order mark survive',
    why: 'Text would be cut at the first zero, or lose its beginning: C strings end at NUL, and decoders drop a byte order mark at the start.',
    run: (bench) =>
      comeOutAsTheyWentIn(bench, [
        'a\0b',
        '\0',
        '\ufeffwith a mark before it',
        '\u0001\u001b[31m\u007f\t',
        ' ',
      ]),
  },
  {
    name: 'half a surrogate pair survives',
    why: 'What a member typed would be replaced without a word: a lone surrogate has no UTF-8. JSON writes it as an escape, unless some code repairs it first.',
    run: (bench) =>
      comeOutAsTheyWentIn(bench, ['\ud83d', 'half \udc4b of one', '\udc4b\ud83d the wrong way round']),
  },
  {
    name: 'text that looks like the wire is only text',
    why: 'Anybody could forge messages of others, by writing what your protocol says between messages.',
    run: (bench) =>
      comeOutAsTheyWentIn(bench, [
        'x\n\nid: forged:9\nevent: close\ndata: {"messages":[]}\n\n',
        ': not a comment',
        'data: data: data',
        '"}],"cursor":"x:1","gap":true,"more":false}',
        '{"type":"error","code":"internal","message":"not so"}',
        '0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
        '<script>alert(1)</script>&amp;%00%20+\\u0041\\n',
        '__proto__',
      ]),
  },
  {
    name: 'the longest text that is allowed comes through, whatever it is made of',
    why: 'Long messages would be cut or refused. 64 KiB of text is more on the wire: JSON spends up to six bytes on one.',
    run: (bench) =>
      comeOutAsTheyWentIn(bench, [
        'x'.repeat(MAX_TEXT_BYTES),
        '\0'.repeat(MAX_TEXT_BYTES),
        `${'€'.repeat(Math.floor(MAX_TEXT_BYTES / 3))}x`,
        '🦜'.repeat(MAX_TEXT_BYTES / 4),
      ]),
  },
  {
    name: 'names may be written in any script, and draft ids may hold what text may, but for control characters',
    why: 'People with other names than yours could not join. A name is in no URL and no header: it goes where the text goes.',
    async run(bench) {
      const ben = await bench.join('ben')
      const names = ['Zoë 👩🏽‍🚀', 'שרה', '"quoted", \\ and {braces}', 'علی\u200cرضا', ' 42 ', 'n'.repeat(64)]
      for (const name of names) {
        const testClient = await bench.join(name)
        await testClient.client.send('it is me', `a\u2028b \u202e half \ud83d of ${name}`.slice(0, 64))
      }
      await bench.heard(ben, names.length)
      sameList(
        'the names that ben saw',
        ben.messages.map(({ author }) => author),
        names,
      )
      intact(ben, bench.log())
    },
  },
]
