/** Presets: faults that belong together, by the place where people meet them. */
import type { Preset } from './control.ts'

export const PRESETS: readonly Preset[] = [
  {
    name: 'train-tunnel',
    title: 'Train tunnel',
    models:
      'No signal: nothing arrives and no end is told; behind the tunnel the phone has another address, so old connections stay dead.',
    faults: [{ fault: 'silence', settings: { toServer: 1, toClient: 1, newcomers: 1 } }],
  },
  {
    name: 'office-proxy',
    title: 'Office proxy',
    models:
      'A proxy that collects responses before it passes them on, knows no upgrade, and closes what is quiet for a minute.',
    faults: [
      { fault: 'buffering', settings: { bytes: 8_192 } },
      { fault: 'blocked-upgrade', settings: {} },
      { fault: 'idle-timeout', settings: { ms: 60_000 } },
    ],
  },
  {
    name: 'captive-portal',
    title: 'Captive portal',
    models:
      'A hotel’s network: what is open goes silent, and each new request is answered by a page that wants a password.',
    faults: [
      { fault: 'silence', settings: { toServer: 1, toClient: 1, newcomers: 0 } },
      { fault: 'interception', settings: {} },
    ],
  },
  {
    name: 'phone-asleep',
    title: 'Phone asleep',
    models:
      'The screen is off: the page takes nothing, and the network forgets the connection after half a minute of quiet.',
    faults: [
      { fault: 'slow-reader', settings: { bytesPerSecond: 0 } },
      { fault: 'idle-timeout', settings: { ms: 30_000 } },
    ],
  },
]
