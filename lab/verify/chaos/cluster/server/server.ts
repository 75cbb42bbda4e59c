/** One sound server of a cluster, as chaos starts it. */
import './clock.ts'

const { serveByArguments } = await import('./serve.ts')
await serveByArguments()
