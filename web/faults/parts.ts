/** What the lab page loads when its lanes are open and the switches of the faults are in view, or when a fault is on one of its wires. */
import './break-panel.ts'
import './lane-faults.ts'

export { createBench } from './bench.ts'
