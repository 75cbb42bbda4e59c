/** All that can be opened and closed on the lab page, in its order, and what stands on each while it is closed. */

export const PANEL_HEADS = {
  bytes: {
    title: 'Every byte',
    says: 'what passes on your wires, on one axis of time, and each byte of it with what it is for',
  },
  break: {
    title: 'Break the network',
    says: 'cut, silence or delay any lane, and see what it does about it',
  },
  ledger: {
    title: 'Ledger',
    says: 'what each lane has delivered, lost and doubled, compared with the server’s log',
  },
  scenarios: {
    title: 'Scenarios',
    says: 'a question, your guess, and the answer in figures of these lanes',
  },
  compose: {
    title: 'Raw composer',
    says: 'edit a request or a frame, right or wrong, send it, and see what the server answers',
  },
  latency: {
    title: 'Latency',
    says: 'of each lane, message by message, and what it comes to',
  },
  pitfalls: {
    title: 'Pitfalls',
    says: 'put a real defect into a lane, see what it costs, and which line avoids it',
  },
  class: {
    title: 'Class',
    says: 'for a teacher: give one setting to all who join in this room, and see their ledgers and guesses',
  },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly says: string }>>

export type PanelId = keyof typeof PANEL_HEADS
export const PANELS = Object.keys(PANEL_HEADS) as readonly PanelId[]
