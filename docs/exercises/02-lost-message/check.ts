import { exercise, nextTurn, same, shown, wanted } from '../runner/check.ts'
import type { Message } from './starter.ts'

type Work = typeof import('./solution.ts')

const NOTHING = 'no answer'

/** The answer if it comes in a few turns of the event loop; what waits is left waiting. */
async function soon(answer: Promise<readonly Message[]>): Promise<readonly Message[] | typeof NOTHING> {
  wanted(answer instanceof Promise, `poll returned ${shown(answer)}; it should return a Promise`)
  let got: readonly Message[] | typeof NOTHING = NOTHING
  void answer.then((messages) => (got = messages))
  for (let turn = 0; turn < 5; turn++) await nextTurn()
  return got
}

/** @throws Unmet when it has an answer already */
async function waits(poll: Promise<readonly Message[]>, what: string): Promise<void> {
  const answer = await soon(poll)
  wanted(
    answer === NOTHING,
    `${what} was answered at once, with ${shown(answer)}`,
    'When there is nothing new, keep the question: resolve it when something is said.',
  )
}

const textsOf = (messages: readonly Message[] | string) =>
  typeof messages === 'string' ? messages : messages.map(({ text }) => text)
const numbersOf = (messages: readonly Message[] | string) =>
  typeof messages === 'string' ? messages : messages.map(({ seq }) => seq)

export default exercise<Work>(
  ['createChat'],
  [
    {
      name: 'a poll waits while there is nothing, and is answered by the next message',
      async run({ createChat }) {
        const chat = createChat()
        const poll = chat.poll(0)
        await waits(poll, 'a poll of an empty room')
        chat.publish('hello')
        const answer = await soon(poll)
        same(
          'what it brings when “hello” is said',
          textsOf(answer),
          ['hello'],
          '`publish` itself answers the polls that wait. To look again after some time is short polling.',
        )
        same('the number of the first message', numbersOf(answer), [1], 'They begin at 1.')
      },
    },
    {
      name: 'what is said while no poll waits is not lost',
      async run({ createChat }) {
        const chat = createChat()
        chat.publish('one')
        chat.publish('two')
        const answer = await soon(chat.poll(0))
        wanted(
          answer !== NOTHING,
          'two messages were published, then a reader polled, and got no answer',
          'They are in no list: keep a log of all messages.',
        )
        same('what the poll brings', textsOf(answer), ['one', 'two'])
        const second = await soon(chat.poll(1))
        same(
          'what comes after number 1, for the next reader that polls',
          textsOf(second),
          ['two'],
          second === NOTHING
            ? 'What one reader has got must stay for the others: a log, and not a queue that is emptied.'
            : '`since` is the last number that the reader has. It wants those that are greater.',
        )
      },
    },
    {
      name: 'a reader who is up to date waits, and is told nothing old',
      async run({ createChat }) {
        const chat = createChat()
        chat.publish('old')
        const poll = chat.poll(1)
        await waits(poll, 'a poll of a reader who has everything')
        chat.publish('new')
        same(
          'what it brings when “new” is said',
          textsOf(await soon(poll)),
          ['new'],
          'Who waits wants what comes after its own `since`, and not the whole log.',
        )
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
          same(
            `what reader ${index + 1} has heard`,
            textsOf(heard),
            texts,
            'Each reader waits for itself: wake all of them, and let each read from its own place.',
          )
          same(`the numbers of reader ${index + 1}`, numbersOf(heard), [1, 2, 3, 4, 5])
        }
      },
    },
  ],
)
