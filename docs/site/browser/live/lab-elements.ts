/** The lab's own elements, together, and what takes files for them: fetched when the first live part of a page starts. */
import '../../../../web/elements/lane/chat-lane.ts'
import '../../../../web/elements/figures/latency-chart.ts'
import '../../../../web/elements/figures/latency-table.ts'
import '../../../../web/elements/figures/traffic-generator.ts'

export { rememberedGuest } from '../../../../web/guest.ts'
export { createFileIntake, type FileIntake, refuseFilesElsewhere } from '../../../../web/page/files.ts'
export { dismissible } from '../../../../web/page/notices.ts'
