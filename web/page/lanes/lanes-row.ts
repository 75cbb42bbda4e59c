/** The lanes of the page, side by side, each with what the other parts of the page have to say on it. */
import { html } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Series } from '../../elements/figures/series.ts'
import '../../elements/lane/chat-lane.ts'
import { wires } from '../../faults/wires.ts'
import type { PageParts } from '../page-parts.ts'

/** Traffic faster than this is not read out, in messages per second: no voice keeps up with it. */
const MAX_SPOKEN_RATE = 0.5

export function lanesRow(parts: PageParts, series: readonly Series[]) {
  const { settings, view, files, rooms, name, motion, stopwatch, lanes, cluster, panels, pitfalls } = parts
  const { room, rate, running, silence, onePort } = settings
  const present = view.presents
  const words = settings.words && !present
  return html`<div
    class=${words ? 'lanes words' : 'lanes'}
    id="lanes"
    tabindex="-1"
    @dragover=${files.onDragOver}
    @drop=${files.onDrop}
    @files=${files.onFiles}
  >
    ${repeat(
      series.filter(({ transport }) => view.isShown(transport)),
      ({ transport }) => transport,
      ({ transport, latencies }) => html`<chat-lane
        compact
        ?words=${words}
        ?large=${present}
        .transport=${transport}
        .room=${room}
        .defect=${pitfalls.defectOf(transport)}
        .silence=${silence}
        .via=${onePort ? '' : viaOf(transport)}
        .author=${name.unsigned}
        .present=${true}
        .takesFiles=${true}
        .moderates=${rooms.moderates}
        .calm=${!(running && rate > MAX_SPOKEN_RATE) && !motion.isMoving}
        .settings=${parts.turned}
        .stopwatch=${stopwatch}
        .latencies=${latencies}
        @setting=${({ detail }: CustomEvent<string>) => parts.onTurned(detail)}
        @rooms=${({ detail }: CustomEvent<number>) => rooms.onTold(detail)}
        @status=${lanes.onStatus}
        @closed=${rooms.look}
      >${cluster.onLane(transport)}${panels.onLane(transport)}${pitfalls.onLane(transport)}</chat-lane>`,
    )}
  </div>`
}

/** The origin of a lane's own port; '' where it has none. */
const viaOf = (transport: string): string => {
  const origin = wires.originOf(transport)
  return origin === location.origin ? '' : origin
}
