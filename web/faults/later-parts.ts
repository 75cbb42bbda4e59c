/** What the lab page loads when a reader opens one of the panels below the lanes. */
import '../class/class-bar.ts'
import '../class/class-panel.ts'
import '../composer/raw-composer.ts'
import '../elements/figures/latency-chart.ts'
import '../elements/figures/latency-table.ts'
import './ledger/lane-ledger.ts'
import './scenarios/scenario-list.ts'
