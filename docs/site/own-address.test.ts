/** What a text of the course says on the lab that serves it. */
import { describe, expect, it } from 'vitest'
import { filesIn, textOf } from '../../lab/verify/rules/source-files.ts'
import { codeBlocks } from '../reference/markdown.ts'
import { edited, editsInCode, editsInProse, type OwnLab } from './own-address.ts'

const own: OwnLab = { origin: 'https://class.example:8443', certificate: 'data/tls/cert.pem' }
const given: OwnLab = { origin: 'https://class.example', certificate: null }
const plain: OwnLab = { origin: 'http://192.0.2.1:4000', certificate: null }

const typed = (text: string, lab: OwnLab, language = 'sh') => edited(text, editsInCode(text, language, lab))
const told = (text: string, lab: OwnLab) => edited(text, editsInProse(text, lab))

describe('a command', () => {
  it.each([
    ['curl -s http://localhost:3000/a', 'curl --cacert data/tls/cert.pem -s https://class.example:8443/a'],
    [
      'room=http://localhost:3000/a\ncurl $room &\nx=$(curl -s $room | cut -c 1)',
      'room=https://class.example:8443/a\ncurl --cacert data/tls/cert.pem $room &\nx=$(curl --cacert data/tls/cert.pem -s $room | cut -c 1)',
    ],
    [
      'post() { curl -s "$@"; }; post http://localhost:3000/session',
      'post() { curl --cacert data/tls/cert.pem -s "$@"; }; post https://class.example:8443/session',
    ],
    [
      `printf 'x' | curl -d @- http://localhost:3000/a`,
      `printf 'x' | curl --cacert data/tls/cert.pem -d @- https://class.example:8443/a`,
    ],
    [
      `node -e '\n  new WebSocket("ws://localhost:3000/a")\n'`,
      `NODE_EXTRA_CA_CERTS=data/tls/cert.pem node -e '\n  new WebSocket("wss://class.example:8443/a")\n'`,
    ],
    [
      `node -e '\n  import { connect } from "node:net"\n  const { port } = new URL("http://localhost:3000")\n  connect(port || 80)'`,
      `NODE_EXTRA_CA_CERTS=data/tls/cert.pem node -e '\n  import { connect } from "node:tls"\n  const { port } = new URL("https://class.example:8443")\n  connect(port || 443)'`,
    ],
  ])('%s is told the scheme, the host and what to believe', (written, expected) => {
    expect(typed(written, own)).toBe(expected)
  })

  it('is told nothing of a certificate that everybody believes', () => {
    expect(typed('curl -s http://localhost:3000/a', given)).toBe('curl -s https://class.example/a')
  })
  it('over plain HTTP changes its host only', () => {
    const written = `node -e 'import "node:net"; new WebSocket("ws://localhost:3000/a")'`
    expect(typed(written, plain)).toBe(`node -e 'import "node:net"; new WebSocket("ws://192.0.2.1:4000/a")'`)
  })
  it('that is about TLS goes on being about TLS', () => {
    expect(typed('curl --cacert data/tls/cert.pem https://localhost:3000/a', plain, 'text')).toBe(
      'curl --cacert data/tls/cert.pem https://192.0.2.1:4000/a',
    )
    expect(
      typed(
        'curl --cacert data/tls/cert.pem https://localhost:3000/a',
        { ...own, certificate: "/o'k/c.pem" },
        'text',
      ),
    ).toBe("curl --cacert '/o'\\''k/c.pem' https://class.example:8443/a")
  })
  it('that does not talk to the lab stays as it is', () => {
    for (const written of ['node -e "1"', 'curl -s https://example.com', 'import "node:net"'])
      expect(typed(written, own)).toBe(written)
  })
  it('is not seen in what one says: a text with the word curl in it is sent as it is', () => {
    const written = `curl http://localhost:3000/a -d '{"author":"curl","text":"Use curl, or node or sh"}'`
    expect(typed(written, own)).toContain(`-d '{"author":"curl","text":"Use curl, or node or sh"}'`)
  })
})

describe('running text', () => {
  it('names the address of the lab that serves it', () => {
    expect(told('Open http://localhost:3000/?room=tea, and ws://localhost:3000 too', own)).toBe(
      'Open https://class.example:8443/?room=tea, and wss://class.example:8443 too',
    )
  })
  it('may speak of a port without meaning the reader’s', () => {
    expect(told('a block that talks to localhost:3000', own)).toBe('a block that talks to localhost:3000')
  })
})

/** What is said to those who write the course, and not to those who take it. */
const ABOUT_WRITING = ['docs/STYLE.md']
const documents = [...filesIn(['docs', 'transports'], '.md'), 'README.md', 'SECURITY.md', 'CONTRIBUTING.md']

describe.each(documents.filter((file) => !file.startsWith('docs/decisions/')))('%s', (file) => {
  it('leaves no command, no answer and no sentence with another address than the reader’s own', () => {
    const markdown = textOf(file)
    for (const { language, text } of codeBlocks(markdown)) {
      const result = typed(text, own, language)
      expect(result).not.toMatch(/localhost:3000|\b(http|ws):\/\/class\.example/)
      if (language === 'sh' && result !== text) {
        const programs = result.match(/(?:^|[|;&({])[ \t]*(?:curl|node) /gm)?.length ?? 0
        const believing = result.match(/curl --cacert |NODE_EXTRA_CA_CERTS=\S+ node /g)?.length ?? 0
        expect(programs, result).toBeLessThanOrEqual(believing)
        expect(believing, result).toBeGreaterThan(0)
      }
    }
    const prose = markdown.replace(/^```[\s\S]*?^```$/gm, '')
    if (!ABOUT_WRITING.includes(file)) expect(told(prose, own)).not.toContain('localhost:3000')
  })
})
