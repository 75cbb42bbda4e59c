/** The case of the README. */
export const COURIERS = 2_000
export const CUSTOMERS_OF_EACH = 20
export const PLACE_EVERY_S = 5
export const HEARTBEAT_EVERY_S = 15
/** After a deploy, each client waits for a random time up to this. */
export const SPREAD_S = 20

export interface Design {
  /** 1. What has a number in the log of an order? */
  readonly entries: 'notes' | 'notes and places' | 'nothing'
  /** 2. How does a client that comes back say where it was? */
  readonly place: 'a cursor' | 'the time of the last note' | 'not at all'
  /** 3. And when the log no longer reaches back so far? */
  readonly gone: 'say that there is a gap' | 'go on from what there is' | 'close the line'
  /** 4. How is a note that is sent again known? */
  readonly retry: 'by a name from the sender' | 'by its text' | 'by the number that the server gave'
  /** 5. When has a customer read a note? */
  readonly read:
    | 'when a visible page says up to which number'
    | 'when the server has sent it'
    | 'an entry for each note and reader'
  /** 6. What does an old app do with an entry of a kind that it does not know? */
  readonly unknown: 'count it, and show that it cannot' | 'leave it out' | 'close the line'
  /** How the customer's page is told. */
  readonly transport: 'short polling' | 'server-sent events' | 'WebSocket'

  /** Places that the server takes in, per second. */
  readonly placesIn: number
  /** Places that it sends out, per second. */
  readonly placesOut: number
  /** Heartbeats to customers, per second. */
  readonly heartbeats: number
  /** Customers that connect in each second after a deploy. */
  readonly returning: number
}

export function design(): Design {
  const customers = COURIERS * CUSTOMERS_OF_EACH
  return {
    entries: 'notes',
    place: 'a cursor',
    gone: 'say that there is a gap',
    retry: 'by a name from the sender',
    read: 'when a visible page says up to which number',
    unknown: 'count it, and show that it cannot',
    transport: 'server-sent events',
    placesIn: COURIERS / PLACE_EVERY_S,
    placesOut: customers / PLACE_EVERY_S,
    heartbeats: customers / HEARTBEAT_EVERY_S,
    returning: customers / SPREAD_S,
  }
}
