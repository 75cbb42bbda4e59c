/** Loaded before the program of a child (children.ts): ends this process when its parent has ended. */
import { rmSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { ORPHAN, type OrphanOrders } from './children.ts'

/** How often the thread looks for the parent. */
const LOOK_EVERY_MS = 500
/** For so many looks, the main thread may end by itself, in order, before the thread ends the process. */
const MAX_MISSED = 3
/** How soon after the channel has closed. */
const SOON_MS = 20

function follow({ parent, remove, group }: OrphanOrders): void {
  const end = () => {
    for (const path of remove) rmSync(path, { recursive: true, force: true })
    process.exit(1)
  }
  // The channel of a parent that ends is closed a moment before its children are given another. A program that
  // lets go of the channel itself still has its parent, and is left alone.
  const look = () => process.platform === 'win32' || process.ppid !== parent
  process.once('disconnect', () => {
    if (look()) end()
    setInterval(() => look() && end(), SOON_MS).unref()
  })
  process.channel?.unref() // the listener holds it, and a program that has nothing left to do shall end
  if (!process.connected) end()

  // JavaScript in a string: a thread cannot have tsx on Node 20, and an endless loop cannot stop a thread.
  const thread = new Worker(WATCH, {
    eval: true,
    execArgv: [],
    env: {},
    stdout: false,
    stderr: false,
    workerData: { parent, remove, group, everyMs: LOOK_EVERY_MS, maxMissed: MAX_MISSED },
  })
  thread.unref()
}

const WATCH = `
const { workerData: { parent, remove, group, everyMs, maxMissed } } = require('node:worker_threads')
const { rmSync } = require('node:fs')
let missed = 0
setInterval(() => {
  if (process.ppid === parent || ++missed < maxMissed) return
  for (const path of remove) rmSync(path, { recursive: true, force: true })
  process.kill(group ? -process.pid : process.pid, 'SIGKILL')
}, everyMs)
`

const orders = process.env[ORPHAN]
delete process.env[ORPHAN] // what this process starts has another parent
if (orders !== undefined && process.send) follow(JSON.parse(orders) as OrphanOrders)
