/**
 * What the lab page makes of a rush: how far apart its frames are, and how much of its main thread they take, while a
 * process of its own publishes so many messages a second and all lanes, the timeline and the tap show them.
 *
 *     node --import tsx lab/verify/browser/frames.ts [messages a second] [seconds] [file for a CPU profile]
 *
 * It reports, and judges nothing: on a machine that does other things too, its figures are of those as well. So it says how busy
 * the machine was. docs/decisions/081-frames-in-a-rush.md has what was measured.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { CDPSession, Page } from 'playwright-core'
import { say } from '../../command/terminal.ts'
import { launch, openPage, startLab } from './browser.ts'

/** So long the rush has lasted before anything is measured: the timeline is full by then, and all code is compiled. */
const WARM_UP_S = 12
/** How often the publisher looks what is due, in milliseconds. */
const BEAT_MS = 10
/** What the page is asked to reach, as in the record. */
const TARGET = { frameMs: 33, mainThread: 0.5 } as const

/** What the publisher tells of itself, again and again. */
interface Published {
  /** Messages that the server has taken. */
  readonly taken: number
  /** Why the first one was not; null while all were. */
  readonly problem: string | null
}

/** Publishes by POST until its parent goes: each message when it is due, however long the answers take. */
async function publish(url: string, perSecond: number): Promise<void> {
  process.on('disconnect', () => process.exit())
  let taken = 0
  let problem: string | null = null
  const post = async (sent: number) => {
    const body = JSON.stringify({
      ...{ draftId: `rush-${sent}`, author: 'publisher' },
      text: `message ${sent} of a rush`,
    })
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      await response.body?.cancel()
      if (response.ok) taken++
      else problem ??= `status ${response.status}`
    } catch (error) {
      problem ??= (error as Error).message
    }
  }
  const beganAt = performance.now()
  for (let sent = 0; ; ) {
    for (const due = ((performance.now() - beganAt) / 1_000) * perSecond; sent < due; sent++) void post(sent)
    process.send!({ taken, problem } satisfies Published, () => {}) // the parent may be gone by now
    await pause(BEAT_MS)
  }
}

async function measure(): Promise<void> {
  const [perSecond = 100, seconds = 30] = process.argv.slice(2, 4).map(Number)
  const profileFile = process.argv[4]
  const lab = await startLab({ wired: true })
  const browser = await launch()
  const { page, complaints } = await openPage(browser, `${lab.url}/?room=rush`, {
    viewport: { width: 1440, height: 900 },
  })
  await page.locator('lane-state').last().getByText('open', { exact: true }).waitFor()
  await page.locator('lab-timeline .name').last().waitFor()
  const arguments_ = [`${lab.url}/rooms/rush/messages`, String(perSecond)]
  const publisher = fork(import.meta.filename, arguments_, { execArgv: ['--import', 'tsx'] })
  let published: Published = { taken: 0, problem: null }
  publisher.on('message', (told) => {
    published = told as Published
  })
  await pause(WARM_UP_S * 1_000)

  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  if (profileFile) await session.send('Profiler.enable')
  if (profileFile) await session.send('Profiler.start')
  const takenBefore = published.taken
  const [before, shownBefore, cpuBefore] = [await metricsOf(session), await shownIn(page), process.cpuUsage()]
  const frames = await framesOf(page, seconds * 1_000)
  const [after, shown, cpu] = [await metricsOf(session), await shownIn(page), process.cpuUsage(cpuBefore)]
  if (profileFile) {
    const { profile } = await session.send('Profiler.stop')
    await writeFile(profileFile, JSON.stringify(profile))
  }
  const taken = published.taken - takenBefore
  const load = loadavg()[0]!

  const wall = after.Timestamp! - before.Timestamp!
  const share = (name: string) => (after[name]! - before[name]!) / wall
  const percent = (part: number) => `${Math.round(part * 100)} %`
  const apart = frames.toSorted((a, b) => a - b)
  const quantile = (q: number) => apart[Math.max(0, Math.ceil(q * apart.length) - 1)]!
  const ms = (q: number) => `${quantile(q).toFixed(1)} ms`
  const came = shown.map((count, index) => count - shownBefore[index]!)
  say(
    `${perSecond} messages a second for ${seconds} s in ${shown.length} lanes; Chromium ${browser.version()}, ${availableParallelism()} processors, load ${load.toFixed(1)}`,
  )
  say(
    `frames: ${frames.length}, ${Math.round(frames.length / wall)} a second; median ${ms(0.5)}, p95 ${ms(0.95)}, p99 ${ms(0.99)}, longest ${ms(1)}`,
  )
  say(
    `main thread: taken for ${percent(share('TaskDuration'))} of the time, ${percent(share('ThreadTime'))} of a processor; of it script ${percent(share('ScriptDuration'))}, styles ${percent(share('RecalcStyleDuration'))}, layout ${percent(share('LayoutDuration'))} in ${Math.round((after.LayoutCount! - before.LayoutCount!) / wall)} a second`,
  )
  say(
    `published: ${Math.round(taken / wall)} a second; come: ${came.map((count) => Math.round(count / wall)).join(', ')} a second by lane`,
  )
  say(`server's process: ${percent((cpu.user + cpu.system) / 1e6 / wall)} of a processor`)
  const isFast = quantile(0.95) <= TARGET.frameMs
  const isCalm = share('TaskDuration') <= TARGET.mainThread
  say(
    `p95 of frames is ${isFast ? 'within' : 'over'} ${TARGET.frameMs} ms, the main thread ${isCalm ? 'within' : 'over'} ${percent(TARGET.mainThread)}`,
  )
  for (const complaint of complaints) say(complaint)
  if (published.problem !== null) say(`not every message was taken: ${published.problem}`)

  publisher.disconnect()
  await once(publisher, 'exit')
  await browser.close()
  await lab.close()
}

/** How far apart the frames of the page are, in milliseconds. As text, since tsx gives functions names by a helper that no page has. */
const framesOf = (page: Page, forMs: number): Promise<number[]> =>
  page.evaluate(`new Promise((resolve) => {
    const apart = []
    const begin = performance.now()
    let last = 0
    const next = () => {
      const now = performance.now()
      if (last > 0) apart.push(now - last)
      last = now
      if (now - begin < ${forMs}) requestAnimationFrame(next)
      else resolve(apart)
    }
    requestAnimationFrame(next)
  })`)

async function metricsOf(session: CDPSession): Promise<Readonly<Record<string, number>>> {
  const { metrics } = await session.send('Performance.getMetrics')
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
}

/** How many messages each lane has taken in. */
const shownIn = (page: Page): Promise<number[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('chat-lane')].map(
      (one) => (one as Element & { lane: { figures: { messages: number } } }).lane.figures.messages,
    ),
  )

if (process.send) await publish(process.argv[2]!, Number(process.argv[3]))
else await measure()
