/** What the lab page fetches when a cluster has served it. */
import './cluster-card.ts'
import './lane-server.ts'

export { createClusterView } from './cluster-view.ts'
