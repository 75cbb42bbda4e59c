/** Every planted defect: what the contract must be able to see. */
import { clientDefects } from './clients.ts'
import type { Defect } from './defect.ts'
import { identityDefects } from './identity.ts'
import { presenceDefects } from './presence.ts'
import { roomDefects } from './rooms.ts'
import { serverDefects } from './servers.ts'

export const DEFECTS: readonly Defect[] = [
  ...roomDefects,
  ...serverDefects,
  ...clientDefects,
  ...presenceDefects,
  ...identityDefects,
]
