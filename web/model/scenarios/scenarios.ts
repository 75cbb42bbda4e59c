/** The scenarios of the lab page, in the order in which they are offered. */
import { sleepingTabs } from './asleep.ts'
import { editing, game } from './both-ways.ts'
import { buffering, halfOpen, tunnel } from './broken.ts'
import { dashboard, groupChat } from './people.ts'
import { livePrices, notifications, quietRoom } from './prices.ts'
import type { Scenario } from './scenario.ts'

export const SCENARIOS: readonly Scenario[] = [
  tunnel,
  buffering,
  halfOpen,
  quietRoom,
  livePrices,
  notifications,
  groupChat,
  dashboard,
  game,
  editing,
  sleepingTabs,
]
