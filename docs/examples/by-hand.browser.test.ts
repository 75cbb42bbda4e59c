/** What chapter 6 tells the reader to type into a browser's console, and what a browser does with a masked frame. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, launch, NO_BROWSER } from '../../lab/verify/browser/browser.ts'
import { acceptance, createByHandServer } from './by-hand.ts'

if (!chromiumPath) console.warn(`\n*** ${NO_BROWSER}: NOT TRIED ***\n`)

/** Opens a socket in the page, sends, and tells what came back until `count` messages are there, or it closed. */
function talk(page: Page, texts: readonly string[], count: number, closeWith?: number) {
  return page.evaluate(
    ({ texts, count, closeWith }) =>
      new Promise<{ lengths: number[]; code: number | null; wasClean: boolean | null }>((done) => {
        const lengths: number[] = []
        const s = new WebSocket(`ws://${location.host}`)
        const enough = () =>
          closeWith === undefined ? done({ lengths, code: null, wasClean: null }) : s.close(closeWith)
        s.onopen = () => {
          for (const text of texts) s.send(text)
          if (count === 0) enough()
        }
        s.onmessage = ({ data }) => {
          lengths.push((data as string).length)
          if (lengths.length === count) enough()
        }
        s.onclose = ({ code, wasClean }) => done({ lengths, code, wasClean })
      }),
    { texts, count, closeWith },
  )
}

describe.skipIf(!chromiumPath)('a real browser, with the server of chapter 6', () => {
  let browser: Browser
  let page: Page
  let server: Server
  beforeAll(async () => {
    browser = await launch()
    page = await browser.newPage()
    server = await listening(createByHandServer())
    await page.goto(urlOf(server))
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  it('is sent back texts of every border of length', async () => {
    const lengths = [0, 125, 126, 127, 65_535, 65_536, 500_000]
    const texts = lengths.map((length) => 'x'.repeat(length))
    expect((await talk(page, texts, lengths.length)).lengths).toEqual(lengths)
  })

  it('is sent back a hundred messages that left in one turn', async () => {
    const texts = Array.from({ length: 100 }, (_, i) => String(i))
    expect((await talk(page, texts, 100)).lengths).toEqual(texts.map(({ length }) => length))
  })

  it('closes cleanly, with the code that it has said', async () => {
    expect(await talk(page, [], 0, 4321)).toMatchObject({ code: 4321, wasClean: true })
  })

  it('closes with 1006 when the server masks a frame, as the prediction says', async () => {
    const masking = await listening(createByHandServer().removeAllListeners('upgrade'))
    masking.on('upgrade', ({ headers }, socket: Socket) => {
      socket.on('error', () => {})
      socket.write(acceptance(headers['sec-websocket-key']!))
      socket.write(Buffer.from('818237fa213d7f93', 'hex'))
    })
    await page.goto(urlOf(masking))
    expect(await talk(page, [], 1)).toEqual({ lengths: [], code: 1006, wasClean: false })
    masking.close()
  })
})

async function listening(server: Server): Promise<Server> {
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return server
}

const urlOf = (server: Server) => `http://localhost:${(server.address() as AddressInfo).port}/`
