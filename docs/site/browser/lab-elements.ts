/** The lab's own elements, together: fetched when the first live part of a page starts. */
import '../../../web/elements/lane/chat-lane.ts'
import '../../../web/elements/figures/latency-chart.ts'
import '../../../web/elements/figures/latency-table.ts'
import '../../../web/elements/figures/traffic-generator.ts'
