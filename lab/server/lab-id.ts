/**
 * The lab's id: what tells its cookie from that of another lab whose address a browser takes for the same.
 *
 * It is no secret, and it must not change: each change signs everybody out.
 */
import { hostname } from 'node:os'
import type { Records } from '../log/records.ts'
import { hashOf, randomName } from '../people/ids.ts'

const KIND = 'lab'

/**
 * The id that is kept with what the lab keeps, made at its first start. Only letters and digits.
 *
 * @param records null for a lab that keeps nothing. Then the machine's name must do: an id that is drawn at each start
 *   would leave a cookie in the browser each time.
 */
export function labIdIn(records: Records | null): string {
  if (!records) return idOfMachine()
  for (const [id] of records.all(KIND)) return id
  const id = randomName().slice(0, 10)
  try {
    records.put([{ kind: KIND, id, value: {} }])
    return id
  } catch {
    return idOfMachine() // the disk is full: what has been said can be read all the same
  }
}

const idOfMachine = () =>
  hashOf(hostname())
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 10)
