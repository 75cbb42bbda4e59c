/** What the lab page loads when a reader opens one of the panels below the lanes. */
import './ledger/lane-ledger.ts'
import './scenarios/scenario-list.ts'
