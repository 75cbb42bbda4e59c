import { exercise, isSlip, same, Unmet, wanted } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

/** @throws Unmet when the retry is refused */
function again(room: ReturnType<Work['createRoom']>, draft: typeof ada) {
  try {
    return room.publish({ ...draft })
  } catch (error) {
    if (isSlip(error)) throw error
    throw new Unmet(
      `the same draft was refused when it came again: ${(error as Error).message}\n` +
        '  A retry is no mistake: the first answer was lost, so give it once more.',
    )
  }
}

const ada = { draftId: 'm1', author: 'Ada', text: 'Tea?' }

export default exercise<Work>(
  ['createRoom'],
  [
    {
      name: 'numbers messages from 1',
      run({ createRoom }) {
        const room = createRoom()
        same('the number of the first message', room.publish(ada).seq, 1)
        same(
          'how many messages `room.messages` has after that',
          room.messages.length,
          1,
          '`room.messages` is the list that was handed out: add to it, and put no other in its place.',
        )
        same(
          'the number of a second draft, with the same text',
          room.publish({ ...ada, draftId: 'm2' }).seq,
          2,
          'It is the draftId that tells a retry from a new message, and not the text.',
        )
      },
    },
    {
      name: 'the same draft twice is one message with one answer',
      run({ createRoom }) {
        const room = createRoom()
        const [first, second] = [room.publish(ada), again(room, ada)]
        same('the number of messages', room.messages.length, 1, 'Remember what was made of each draft.')
        same('the second answer', second, first, 'A retry gets the message that was made the first time.')
      },
    },
    {
      name: 'a late retry, after other messages, still is one',
      run({ createRoom }) {
        const room = createRoom()
        const first = room.publish(ada)
        for (let i = 0; i < 50; i++) room.publish({ ...ada, draftId: `n${i}`, text: 'Tea?' })
        same('the answer to the retry', again(room, ada), first)
        same(
          'the number of messages',
          room.messages.length,
          51,
          'The same text with another draftId is another message.',
        )
      },
    },
    {
      name: 'two people may choose the same draftId',
      run({ createRoom }) {
        const room = createRoom()
        room.publish(ada)
        same(
          'who says what Bob sent under a draftId that Ada has used',
          room.publish({ ...ada, author: 'Bob' }).author,
          'Bob',
          'A draftId belongs to its author.',
        )
        same('the number of messages', room.messages.length, 2)
      },
    },
    {
      name: 'author and draftId are never run together',
      run({ createRoom }) {
        for (const sign of [':', '/', ' ', '-', '|', ',', '\n', '"']) {
          const room = createRoom()
          room.publish({ author: 'a', draftId: `b${sign}c`, text: 'x' })
          room.publish({ author: `a${sign}b`, draftId: 'c', text: 'x' })
          same(
            `how many messages author “a” with “b${sign}c” and author “a${sign}b” with “c” make`,
            room.messages.length,
            2,
            `Glued together by “${sign}”, two different drafts have one name.`,
          )
        }
      },
    },
    {
      name: 'another text under a known draftId is refused, and changes nothing',
      run({ createRoom }) {
        const room = createRoom()
        room.publish(ada)
        let refused = false
        try {
          room.publish({ ...ada, text: 'Coffee?' })
        } catch (error) {
          if (isSlip(error)) throw error
          refused = true
        }
        wanted(refused, 'the draftId of “Tea?” was taken for “Coffee?” too; it should throw an Error')
        same(
          'what the room holds',
          room.messages.map(({ text }) => text),
          ['Tea?'],
        )
      },
    },
  ],
)
