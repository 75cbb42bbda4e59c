/** A server with people who have signed in, and what each of them gets when they ask it for something. */
import { loadClient } from '../../../transports/load-client.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import type { LabOptions } from '../../app/build-lab.ts'
import { type ChatClient, createChatClient } from '../../client/chat-client.ts'
import { randomId } from '../../client/platform.ts'
import { parseErrorBody } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import type { Draft } from '../../wire/message.ts'
import { createBrowserLike } from './browser-like.ts'
import { platformOver, showing } from './network/network.ts'
import { startTestServer, type TestServer } from './test-server.ts'

export interface Answer {
  readonly status: number
  /** Of an error; null for success. */
  readonly code: string | null
  /** As JSON; null when there is nothing. */
  readonly body: unknown
}

export interface TestUser {
  readonly name: string
  /** What shows who they are. */
  readonly headers: Readonly<Record<string, string>>
  /** Asks over plain HTTP; the body is sent as JSON. */
  ask(method: string, path: string, body?: unknown): Promise<Answer>
  /** Posts bytes. */
  post(path: string, type: string, bytes: Uint8Array): Promise<Answer>
  /** A chat client in that room, not connected yet. @param isPresent whether it is counted among those who are here */
  client(transport: TransportName, room: string, isPresent?: boolean): Promise<ChatClient>
  /**
   * Opens one connection, says one thing, and hangs up.
   *
   * @returns the error's code, or null when it was accepted
   */
  say(transport: TransportName, room: string, draft: Omit<Draft, 'author'>): Promise<string | null>
}

export interface ServerWithUsers extends TestServer {
  /** A user who has not signed in. */
  readonly visitor: TestUser
  signIn(name: string): Promise<TestUser>
  /** A user who has signed in at a server that kept its people where this one does. */
  signedIn(other: TestUser): Promise<TestUser>
  close(): Promise<void>
}

export async function startServerWithUsers(options: LabOptions = {}): Promise<ServerWithUsers> {
  const server = await startTestServer(options)
  const { port, url: at } = server
  const clients: ChatClient[] = []

  function userWith(name: string, headers: Record<string, string>): TestUser {
    async function answerOf(response: Response): Promise<Answer> {
      const text = await response.text()
      const code = response.ok ? null : (parseErrorBody(text)?.code ?? 'no code')
      return { status: response.status, code, body: text === '' ? null : JSON.parse(text) }
    }
    const baseUrlOf = (transport: string, room: string) =>
      new URL(`/transports/${transport}/rooms/${room}/`, at)
    return {
      name,
      headers,
      async ask(method, path, body) {
        const json = body === undefined ? {} : { 'content-type': 'application/json' }
        const sent = body === undefined ? {} : { body: JSON.stringify(body) }
        return answerOf(await fetch(`${at}${path}`, { method, headers: { ...headers, ...json }, ...sent }))
      },
      async post(path, type, bytes) {
        const all = { ...headers, 'content-type': type }
        return answerOf(
          await fetch(`${at}${path}`, { method: 'POST', headers: all, body: Buffer.from(bytes) }),
        )
      },
      async client(transport, room, isPresent = false) {
        const client = createChatClient(await loadClient(transport, { intervalMs: 10 }), {
          baseUrl: baseUrlOf(transport, room),
          author: name,
          platform: platformOver(showing(headers)),
          backoffMs: () => 10,
          ...(isPresent && { presence: { clientId: randomId() } }),
        })
        clients.push(client)
        return client
      },
      async say(transport, room, draft) {
        const hangUp = new AbortController()
        const { signal } = hangUp
        try {
          const connection = await (await loadClient(transport)).open({
            ...{
              baseUrl: baseUrlOf(transport, room),
              since: null,
              clientId: null,
              signal,
              platform: platformOver(showing(headers)),
            },
            onActivity() {},
            pause: async () => {},
          })
          await connection.send({ ...draft, author: name }, signal)
          return null
        } catch (error) {
          return ChatError.from(error).code
        } finally {
          hangUp.abort(new ChatError('closed', 'done'))
        }
      },
    }
  }

  const users: Omit<ServerWithUsers, Exclude<keyof TestServer, 'close'>> = {
    visitor: userWith('A visitor', {}),
    async signIn(name) {
      const browser = createBrowserLike(at)
      const { status } = await browser.ask('POST', '/session', { name })
      if (status !== 201 || browser.cookie === null) throw new Error(`${name} could not sign in: ${status}`)
      return userWith(name, { cookie: browser.cookie })
    },
    async signedIn({ name, headers }) {
      // The port is in the cookie’s name, and this server has another; where servers share a log, it is not.
      const cookie = headers.cookie?.replace(/^lab_\d+(?=[_=])/, `lab_${port}`) ?? ''
      return userWith(name, { cookie })
    },
    async close() {
      for (const client of clients) client.close()
      await server.stop()
    },
  }
  return Object.assign(server, users)
}
