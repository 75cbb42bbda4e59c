/** A server of a cluster with one mistake, for the tests of the verdict: its name comes before what a sound server is told. */
import '../server/clock.ts'

const { serveByArguments } = await import('../server/serve.ts')
const { MISTAKES } = await import('./mistakes.ts')

const [name, ...args] = process.argv.slice(2)
const mistake = MISTAKES.find((one) => one.name === name)
if (!mistake) throw new Error(`there is no such mistake: ${name}`)
await serveByArguments(mistake.changes, args)
