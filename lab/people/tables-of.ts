/** All that people are known by, read from where it is kept. */
import type { Records } from '../store/records.ts'
import { ROOMS } from './membership/private-rooms.ts'
import { PERSONS } from './people.ts'
import { SESSIONS } from './sessions.ts'
import { createTables, type Tables } from './shared/tables.ts'
import { TICKETS } from './shared/tickets-shared.ts'

/** A session names its person, and a room its members: so people come first. */
export const tablesOf = (records: Records): Tables =>
  createTables(records, [PERSONS, SESSIONS, ROOMS, TICKETS])
