/** The picture of the cluster's card: a real cluster, a server of which was killed a moment ago. */
import { writeFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { planCluster } from '../../cluster/cluster.ts'
import { find } from '../../cluster/machine/find.ts'
import { startCleaner } from '../../cluster/machine/start-cleaner.ts'
import { temporaryFolder } from '../../command/temporary.ts'
import { pictureOf, type View } from './screenshot-views.ts'

const VIEW: View = {
  name: 'cluster',
  async show(open) {
    const page = await open('room=lobby&name=Ada&rate=2')
    const card = page.locator('cluster-card')
    await card.waitFor()
    await page.getByRole('button', { name: 'Start traffic' }).click()
    await page.waitForTimeout(TRAFFIC_MS)
    await card.getByRole('button', { name: 'Kill server-2' }).click()
    await card.getByText('2 of 3 servers serve').waitFor()
    await page.waitForTimeout(TRAFFIC_MS)
    return null
  },
}

/** In milliseconds: something stands in each lane by then, and who was cut off is back. */
const TRAFFIC_MS = 8_000

/** @returns which program is not there, so that there is no picture; null when it was taken */
export async function takeCluster(
  browser: Browser,
  file: string,
  format: Parameters<typeof pictureOf>[4],
): Promise<string | null> {
  const [nats, nginx] = [find('nats-server'), find('nginx')]
  if (nats === null) return 'nats-server'
  if (nginx === null) return 'nginx'
  const folder = temporaryFolder('lab-cluster')
  const cluster = await planCluster({
    ...{ servers: 3, engine: 'nats', engines: 3, front: 'nginx', port: 0, data: folder, temporary: folder },
    ...{ engineFile: nats, frontFile: nginx },
    onProcess: await startCleaner([folder]),
  })
  try {
    await cluster.start(new AbortController().signal)
    const url = `http://localhost:${cluster.port}`
    writeFileSync(file, await pictureOf(browser, url, VIEW, { colorScheme: 'light' }, format))
    return null
  } finally {
    await cluster.stop()
  }
}
