/** What the benchmark reads a transport with: its `load-reader.ts`. Node only; its bytes are Buffers. */
import type { LoadReaderModule } from '../lab/client/load/reader.ts'
import type { TransportName } from './manifest.ts'

export const loadReader = (name: TransportName): Promise<LoadReaderModule> =>
  import(`./${name}/load-reader.ts`) as Promise<LoadReaderModule>
