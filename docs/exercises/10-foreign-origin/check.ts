import { exercise, same } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

const ALLOWED = ['https://chat.example', 'http://localhost:3000']

const refused = ({ mayConnect }: Work, origin: string, host: string, why: string) =>
  same(
    `a page of ${JSON.stringify(origin)}, to the host ${host}`,
    mayConnect({ host, origin }, ALLOWED),
    false,
    why,
  )

export default exercise<Work>(
  ['mayConnect'],
  [
    {
      name: 'our own pages may connect',
      run({ mayConnect }) {
        for (const origin of ALLOWED)
          same(
            `a page of ${origin}, to the host chat.example`,
            mayConnect({ host: 'chat.example', origin }, ALLOWED),
            true,
            'It is on the list. That is all that counts.',
          )
      },
    },
    {
      name: 'a program without an Origin may connect',
      run: ({ mayConnect }) =>
        same(
          'a request without an Origin',
          mayConnect({ host: 'chat.example' }, ALLOWED),
          true,
          'A browser always sends one. A client that sends none is a program, and has no user’s cookies.',
        ),
    },
    {
      name: 'a page of another site may not',
      run: (work) => refused(work, 'https://evil.example', 'chat.example', 'It is not on the list.'),
    },
    {
      name: 'a name that begins or ends like ours may not',
      run(work) {
        refused(
          work,
          'https://chat.example.evil.example',
          'chat.example',
          'It begins like ours, and belongs to evil.example.',
        )
        refused(work, 'https://evil-chat.example', 'chat.example', 'It ends like ours, and is another name.')
        refused(
          work,
          'https://chat.example:8443',
          'chat.example',
          'Another port is another origin (RFC 6454 §4).',
        )
        refused(
          work,
          'http://chat.example',
          'chat.example',
          'Another scheme is another origin: on plain http, anybody on the way writes the page.',
        )
      },
    },
    {
      name: 'a name that was pointed at our address may not',
      run: (work) =>
        refused(
          work,
          'http://evil.example',
          'evil.example',
          'Origin and Host agree, and neither is ours: DNS rebinding.',
        ),
    },
    {
      name: '“null” and an empty Origin may not',
      run(work) {
        refused(work, 'null', 'chat.example', 'A sandboxed frame on any page sends “null”.')
        refused(work, '', 'chat.example', 'Empty is not missing.')
      },
    },
  ],
)
