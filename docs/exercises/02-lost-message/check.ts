import { exercise, nextTurn, same, wanted } from '../runner/check.ts'
import type { Message } from './starter.ts'

type Work = typeof import('./solution.ts')

const NOTHING = 'no answer'

/** The answer if it comes in a few turns of the event loop; what waits is left waiting. */
async function soon(answer: Promise<readonly Message[]>): Promise<readonly Message[] | typeof NOTHING> {
  let got: readonly Message[] | typeof NOTHING = NOTHING
  void answer.then((messages) => (got = messages))
  for (let turn = 0; turn < 5; turn++) await nextTurn()
  return got
}

const textsOf = (messages: readonly Message[] | string) =>
  typeof messages === 'string' ? messages : messages.map(({ text }) => text)

export default exercise<Work>(
  ['createChat'],
  [
    {
      name: 'a poll waits while there is nothing, and is answered by the next message',
      async run({ createChat }) {
        const chat = createChat()
        const poll = chat.poll(0)
        same('the answer in an empty room', await soon(poll), NOTHING)
        chat.publish('hello')
        same('what it brings', textsOf(await soon(poll)), ['hello'])
      },
    },
    {
      name: 'what is said while nobody waits is not lost',
      async run({ createChat }) {
        const chat = createChat()
        chat.publish('one')
        chat.publish('two')
        const answer = await soon(chat.poll(0))
        wanted(
          answer !== NOTHING,
          'two messages were published, then somebody polled, and got no answer',
          'They are in no list: keep a log of all messages.',
        )
        same('what the poll brings', textsOf(answer), ['one', 'two'])
        same('what comes after the first', textsOf(await soon(chat.poll(1))), ['two'])
      },
    },
    {
      name: 'a reader who is up to date waits, and is told nothing old',
      async run({ createChat }) {
        const chat = createChat()
        chat.publish('old')
        const poll = chat.poll(1)
        same('the answer to who has everything', await soon(poll), NOTHING)
        chat.publish('new')
        same('what it brings then', textsOf(await soon(poll)), ['new'])
      },
    },
    {
      name: 'a burst of five reaches two readers whole and in order',
      async run({ createChat }) {
        const chat = createChat()
        const texts = ['1', '2', '3', '4', '5']
        const read = async () => {
          const heard: Message[] = []
          while (heard.length < texts.length) {
            const page = await soon(chat.poll(heard.at(-1)?.seq ?? 0))
            if (page === NOTHING) break
            heard.push(...page)
          }
          return heard
        }
        const readers = [read(), read()]
        for (const text of texts) chat.publish(text)
        for (const [index, heard] of (await Promise.all(readers)).entries()) {
          same(`what reader ${index + 1} has heard`, textsOf(heard), texts)
          same(
            `the numbers of reader ${index + 1}`,
            heard.map(({ seq }) => seq),
            [1, 2, 3, 4, 5],
          )
        }
      },
    },
  ],
)
