/** A user at a browser, as far as HTTP can tell: it keeps its cookie and says where its page is from. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** As JSON; null when there is no body. */
  readonly body: unknown
}

export interface BrowserLike {
  /** `name=value`; null when it has none. */
  cookie: string | null
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

/** @param at the server's origin */
export function createBrowserLike(at: string): BrowserLike {
  return {
    cookie: null,
    async ask(method, path, body, headers = {}) {
      const response = await fetch(new URL(path, at), {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(this.cookie !== null && { cookie: this.cookie }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const line = response.headers.get('set-cookie')
      if (line) this.cookie = /max-age=0(;|$)/i.test(line) ? null : line.split(';')[0]!
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? null : (JSON.parse(text) as unknown),
      }
    },
  }
}

export const PASSPHRASE = 'correct horse battery staple'

/** Signs up a member. @returns a token of theirs with these scopes */
export async function tokenOf(
  at: string,
  name: string,
  scopes: readonly string[] = ['read', 'write'],
  room?: string,
): Promise<string> {
  const browser = createBrowserLike(at)
  await ask201(browser.ask('POST', '/people', { name, passphrase: PASSPHRASE }))
  const { token } = (await ask201(
    browser.ask('POST', '/tokens', { label: 'test', scopes, ...(room && { room }) }),
  )) as { token: string }
  return token
}

async function ask201(answer: Promise<Answer>): Promise<unknown> {
  const { status, body } = await answer
  if (status !== 201) throw new Error(`refused: ${status} ${JSON.stringify(body)}`)
  return body
}
