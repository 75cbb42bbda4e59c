import { exercise, Unmet, wanted } from '../runner/check.ts'
import type { Capture, Fault, Finding } from './solution.ts'

type Work = typeof import('./solution.ts')

interface Expected extends Finding {
  readonly name: string
  /** What is said to a finding that is wrong in a way that sensible readers are. */
  readonly answer: (given: Finding) => string
}

const KINDS: readonly Fault[] = ['mask', 'length', 'fragment', 'control', 'utf8', 'none']

const CAPTURES: Record<Capture, Expected> = {
  a: {
    name: 'a: three frames that a browser sent',
    at: 12,
    fault: 'mask',
    answer: ({ at, fault }) => {
      if (fault === 'mask' && at === 11)
        return 'The frame begins there. The bit that says “masked” is in its second byte.'
      if (fault === 'mask') return 'Which frame has no mask? Its second byte says so.'
      if (fault === 'none')
        return 'The text can be read in the dump: is that as it should be, from a browser?'
      if (fault === 'control') return 'A ping of a browser may be empty. It has its mask, as it must.'
      return 'The first frame is Hello, masked. Where does the second begin, and is it masked?'
    },
  },
  b: {
    name: 'b: a message in pieces, and one behind it',
    at: 8,
    fault: 'fragment',
    answer: ({ at, fault }) => {
      if (fault === 'control' || (at === 5 && fault !== 'none'))
        return 'A ping may stand between the pieces of a message (RFC 6455 §5.4).'
      if (fault === 'mask') return 'What a server sends is never masked.'
      if (fault === 'none')
        return 'The message in pieces must end before another begins. Which frame ends it?'
      if (fault === 'fragment')
        return 'The first piece is right: FIN is clear, and the opcode says text. What must the next one say?'
      return 'Each length fits. Look at FIN and opcode of each frame in turn.'
    },
  },
  c: {
    name: 'c: three texts, of which one is longer than it looks',
    at: 5,
    fault: 'length',
    answer: ({ at, fault }) => {
      if (at === 13)
        return '69 looks like the header of a frame, since the frame before was counted too short. Go back to what said how long it is.'
      if (fault === 'utf8') return 'c3 ab is ë, and good UTF-8. How many bytes is “Zoë: hi”?'
      if (fault === 'length')
        return 'The kind is right. Which byte says a length that what follows does not have?'
      if (fault === 'none') return 'Count on: where does the third frame begin, by the lengths?'
      return 'Read the second text aloud: seven characters. And how many bytes?'
    },
  },
  d: {
    name: 'd: a ping within a word',
    at: 0,
    fault: 'none',
    answer: ({ fault }) => {
      if (fault === 'utf8')
        return 'The first piece ends within ë, and may: only the whole message must be UTF-8 (RFC 6455 §5.6).'
      if (fault === 'control')
        return 'An empty ping between two pieces is allowed, and so is a pong that answers nothing (§5.5.3).'
      if (fault === 'fragment') return '01 without FIN begins a text, and 80 ends it: that is how it is done.'
      return 'When nothing is wrong, that is the finding: { at: 0, fault: ‘none’ }.'
    },
  },
  e: {
    name: 'e: a goodbye between two binary messages',
    at: 7,
    fault: 'control',
    answer: ({ at, fault }) => {
      if (fault === 'length')
        return 'Two bytes of payload are what a close has: a code. The mask has four more.'
      if (fault === 'mask') return 'A mask of zeros is odd, and allowed: each frame of a browser has one.'
      if (fault === 'fragment' && at === 7)
        return 'The place is right. It is no piece of a message: 8 is an opcode that has a rule of its own.'
      if (at === 15) return 'What comes behind a close may be ignored. The fault is before.'
      if (fault === 'none') return 'Look at the upper bit of the first byte of each frame.'
      return 'Opcode 8 is close. Which bit must be set in a frame that cannot be in pieces (RFC 6455 §5.5)?'
    },
  },
}

export default exercise<Work>(
  ['findings'],
  (Object.keys(CAPTURES) as Capture[]).map((capture) => {
    const { name, at, fault, answer } = CAPTURES[capture]
    return {
      name,
      run({ findings }) {
        const given = findings()?.[capture]
        wanted(
          typeof given === 'object' && given !== null,
          `findings() has nothing for capture ${capture}`,
          'It returns an object with a, b, c, d and e.',
        )
        wanted(
          KINDS.includes(given.fault),
          `“${given.fault}” is no kind of fault`,
          `They are ${KINDS.join(', ')}.`,
        )
        if (given.at === at && given.fault === fault) return
        throw new Unmet(
          `capture ${capture}: ${given.fault === 'none' ? 'that nothing is wrong' : `${given.fault} at byte ${given.at}`} is not it\n  ${answer(given)}`,
        )
      },
    }
  }),
)
