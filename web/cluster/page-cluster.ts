/**
 * Whether this page was served by a cluster, and what it shows of it then. The front of `npm run cluster` says so by a header of
 * the page itself; a lab that is alone says nothing, and fetches nothing of what is in this folder.
 */
import { html, nothing } from 'lit'
import type { ClusterPage, ClusterView } from './cluster-view.ts'

/** The front's word (lab/cluster/control/words.ts). */
const MARK = 'cluster'

export function createPageCluster(page: ClusterPage) {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  const isThere = navigation?.serverTiming?.some(({ name }) => name === MARK) ?? false
  /** Null until the code is here. */
  let view: ClusterView | null = null
  if (isThere)
    void import('./parts.ts').then(({ createClusterView }) => {
      view = createClusterView(page)
      page.onChange()
    })
  return {
    isThere,
    /** The card: in the place of the instruments, which want wires that a page has for itself. */
    card: () => (view ? html`<cluster-card .view=${view}></cluster-card>` : nothing),
    /** At which server the lane is. */
    onLane: (lane: string) =>
      view ? html`<lane-server slot="faults" .view=${view} .lane=${lane}></lane-server>` : nothing,
  }
}
