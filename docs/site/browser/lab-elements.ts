/** The lab's own elements, together: fetched when the first live part of a page starts. */
import '../../../web/elements/chat-lane.ts'
import '../../../web/elements/latency-chart.ts'
import '../../../web/elements/latency-table.ts'
import '../../../web/elements/traffic-generator.ts'
