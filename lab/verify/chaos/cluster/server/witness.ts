/** A sound server that has its log from a file (../copies/written-log.ts), and so without anything that the engine or others have done since. */
import './clock.ts'

const { serveByArguments } = await import('./serve.ts')
const { openWrittenLog } = await import('../copies/written-log.ts')
await serveByArguments({}, undefined, async (file) => openWrittenLog(file))
