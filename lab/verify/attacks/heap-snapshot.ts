/**
 * Reads a heap snapshot as V8 writes it: all objects that a process still reaches, and by what.
 *
 * The file is JSON with tables of numbers in one row each, whose columns `snapshot.meta` names (v8-profiler.h,
 * HeapGraphNode and HeapGraphEdge). An edge's target is its node's offset in the table, and names are numbers
 * of strings.
 */
import { readFile } from 'node:fs/promises'

/** What stands in the file, as far as it is used here. */
interface SnapshotFile {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[]
      readonly edge_fields: readonly string[]
      readonly node_types: readonly [readonly string[], ...unknown[]]
      readonly edge_types: readonly [readonly string[], ...unknown[]]
    }
  }
  readonly nodes: readonly number[]
  readonly edges: readonly number[]
  readonly strings: readonly string[]
}

export interface HeapObject {
  /** The object in its property or element of this name; null when it has none, or a number in it. */
  property(name: string): HeapObject | null
  /** The text of a string, the class of an object. */
  readonly name: string
  /** How the heap reaches it, from the nearest root, for people: `(GC roots) → … → socket → request`. */
  path(): string
}

export interface Heap {
  /** All objects of a class, by its constructor's name. */
  instancesOf(constructorName: string): readonly HeapObject[]
  /**
   * How many there are of each class, by its constructor's name. What has no class of its own stands under what it is:
   * `(closure)`, `(string)`, `(array)`: the arrays of V8's own, in which properties, elements and tables stand.
   */
  census(): ReadonlyMap<string, number>
}

/** The types of node that the census counts together, whatever their names are. */
const COUNTED_TOGETHER: Readonly<Record<string, string>> = {
  closure: '(closure)',
  string: '(string)',
  'concatenated string': '(string)',
  'sliced string': '(string)',
  array: '(array)',
}

export async function readHeap(path: string): Promise<Heap> {
  const { snapshot, nodes, edges, strings } = JSON.parse(await readFile(path, 'utf8')) as SnapshotFile
  const { meta } = snapshot
  const nodeWidth = meta.node_fields.length
  const edgeWidth = meta.edge_fields.length
  const nodeColumn = (field: string) => meta.node_fields.indexOf(field)
  const edgeColumn = (field: string) => meta.edge_fields.indexOf(field)
  const [typeAt, nameAt, countAt] = ['type', 'name', 'edge_count'].map(nodeColumn) as [number, number, number]
  const [kindAt, labelAt, targetAt] = ['type', 'name_or_index', 'to_node'].map(edgeColumn) as [
    number,
    number,
    number,
  ]
  const types = meta.node_types[0]
  const OBJECT = types.indexOf('object')
  const kinds = meta.edge_types[0]
  const NAMED = new Set(['context', 'property', 'internal', 'shortcut', 'weak'].map((k) => kinds.indexOf(k)))
  const WEAK = kinds.indexOf('weak')

  /** Of each node, by its number: where its edges begin in their table. */
  const firstEdge = new Uint32Array(nodes.length / nodeWidth + 1)
  for (let i = 0; i < firstEdge.length - 1; i++)
    firstEdge[i + 1] = firstEdge[i]! + nodes[i * nodeWidth + countAt]! * edgeWidth

  const nameOf = (node: number) => strings[nodes[node * nodeWidth + nameAt]!]!
  const labelOf = (edge: number) => {
    const label = edges[edge + labelAt]!
    return NAMED.has(edges[edge + kindAt]!) ? strings[label]! : String(label)
  }
  const targetOf = (edge: number) => edges[edge + targetAt]! / nodeWidth

  /** Breadth first from the root, so that each path is a shortest: the edge by which each node was first reached. */
  let reachedBy: Int32Array | null = null
  let reachedFrom: Int32Array | null = null
  function search(): void {
    reachedBy = new Int32Array(firstEdge.length - 1).fill(-1)
    reachedFrom = new Int32Array(firstEdge.length - 1).fill(-1)
    const queue = [0]
    for (let next = 0; next < queue.length; next++) {
      const node = queue[next]!
      for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge += edgeWidth) {
        const target = targetOf(edge)
        if (target === 0 || reachedBy[target] !== -1 || edges[edge + kindAt] === WEAK) continue
        reachedBy[target] = edge
        reachedFrom[target] = node
        queue.push(target)
      }
    }
  }

  const objectAt = (node: number): HeapObject => ({
    name: nameOf(node),
    property(name) {
      for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge += edgeWidth)
        if (labelOf(edge) === name) return objectAt(targetOf(edge))
      return null
    },
    path() {
      if (!reachedBy) search()
      const steps: string[] = []
      for (let at = node; at > 0; at = reachedFrom![at]!)
        steps.unshift(`${labelOf(reachedBy![at]!)}: ${nameOf(at).slice(0, 60)}`)
      return steps.join(' → ')
    },
  })

  return {
    instancesOf(constructorName) {
      const found: HeapObject[] = []
      for (let node = 0; node < firstEdge.length - 1; node++) {
        if (nodes[node * nodeWidth + typeAt] === OBJECT && nameOf(node) === constructorName)
          found.push(objectAt(node))
      }
      return found
    },
    census() {
      const counts = new Map<string, number>()
      for (let node = 0; node < firstEdge.length - 1; node++) {
        const type = types[nodes[node * nodeWidth + typeAt]!]!
        const name = type === 'object' || type === 'native' ? nameOf(node) : COUNTED_TOGETHER[type]
        if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
      }
      return counts
    },
  }
}
