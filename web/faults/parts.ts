/** What the lab page loads when a reader opens one of its panels, or when a fault is on one of its wires. */
import './break-panel.ts'
import './lane-faults.ts'
import './ledger/lane-ledger.ts'
import './scenarios/scenario-list.ts'

export { createBench } from './bench.ts'
