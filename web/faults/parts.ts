/** What the first view of the lab page has of the faults: their switches, and what stands on a lane. */
import './break-panel.ts'
import './lane-faults.ts'

export { createBench } from './bench.ts'
