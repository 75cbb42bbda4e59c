/** The author of a message, and the readers that may hear it: what a transport must hand on and not decide. */
import type { Case } from '../case.ts'
import { holds, refusal, same } from '../checks.ts'

export const signingIn: readonly Case[] = [
  {
    name: 'what a signed-in member says carries their id, and nothing else does',
    why: 'Names can look alike; ids cannot. Hand the peer to `gateway.openWriter`, as it came: it holds the credentials.',
    needs: ['wire'],
    async run(bench) {
      const anna = await bench.join('anna', { signedIn: ['read', 'write'] })
      const ben = await bench.join('ben')
      const signed = await anna.client.send('signed')
      const unsigned = await ben.client.send('unsigned')
      const id = bench.accounts.people.named('anna')?.id
      holds('the id of anna', id !== undefined, 'to be known', id)
      same('the id in the answer to anna', signed.authorId, id)
      same('the id in the answer to ben', unsigned.authorId, undefined)
      for (const testClient of [anna, ben]) {
        await bench.heard(testClient, 2)
        same(
          `the ids that ${testClient.name} heard`,
          testClient.messages.map(({ authorId }) => authorId),
          [id, undefined],
        )
      }
    },
  },
  {
    name: 'no client can speak under a name that another member holds',
    why: 'Any client could speak as any member. Publish by the writer that `gateway.openWriter` gives, and answer what it throws.',
    needs: ['wire'],
    async run(bench) {
      const anna = await bench.join('anna', { signedIn: ['read', 'write'] })
      const mallory = await bench.join('mallory', { signedIn: ['read', 'write'], author: 'anna' })
      const visitor = await bench.join('visitor', { author: 'ＡNNA' })
      same(
        'the answer to mallory',
        await refusal('mallory as anna', mallory.client.send('I am anna')),
        'not-allowed',
      )
      same(
        'the answer to the visitor',
        await refusal('the visitor as anna', visitor.client.send('So am I')),
        'name-taken',
      )
      await anna.client.send('I am')
      await bench.heard(visitor, 1)
      same(
        'what was said',
        bench.log().map(({ text }) => text),
        ['I am'],
      )
    },
  },
  {
    name: 'a member who may only read is not let to write, and reads on',
    why: 'A token for a notice board could be used to post. The writer knows what its caller may do; the connection stays open.',
    needs: ['wire'],
    async run(bench) {
      const screen = await bench.join('screen', { signedIn: ['read'] })
      same('the answer', await refusal('writing', screen.client.send('let me')), 'not-allowed')
      bench.say('still here?')
      await bench.heard(screen, 1)
      same('the state after it', screen.client.state.status, 'open')
    },
  },
  {
    name: 'a member who signs out is told at once, and hears and says nothing more',
    why: 'A stolen laptop would go on listening. Pass `onEnd` to `reader.follow` (or to pump), and end the connection when it is called; ask `openReader` again for each request.',
    needs: ['wire'],
    async run(bench) {
      const anna = await bench.join('anna', { signedIn: ['read', 'write'] })
      const ben = await bench.join('ben')
      bench.say('before')
      for (const testClient of [anna, ben]) await bench.heard(testClient, 1)

      // A poll that is held at this moment is held for longer than this case waits.
      bench.signOut(anna)
      await bench.until(
        'anna is told',
        () => anna.client.state.status === 'closed',
        () => anna.client.state,
      )
      const { state } = anna.client
      same('why', state.status === 'closed' && state.cause?.code, 'not-signed-in')
      bench.say('after')
      await bench.heard(ben, 2)
      same(
        'what anna heard',
        anna.messages.map(({ text }) => text),
        ['before'],
      )

      const again = await bench.invite('anna', { signedIn: ['read', 'write'] })
      again.client.connect()
      await bench.until(
        'anna is told that she cannot get in',
        () => again.client.state.status === 'closed',
        () => again.client.state,
      )
      same(
        'whether anna was let in again',
        again.states.some(({ status }) => status === 'open'),
        false,
      )
      same('who is left in the room', bench.hub.followers <= 1, true)
    },
  },
]
