/** The result of a sort: the order, or one cycle as the list of nodes that lead back to the first. */
export type Sorted<T> = { readonly order: readonly T[]; readonly cycle: null } | { readonly order: null; readonly cycle: readonly T[] }

/**
 * Orders nodes so that everything comes after what it needs. Among nodes that are free, the one that was given first comes
 * first: the result depends on nothing but the input.
 *
 * @param nodes - in the order to keep where needs allow it; keys are unique
 * @param needs - keys that must come before a node; keys that name no node are ignored
 */
export function sortByNeeds<T>(nodes: readonly T[], key: (node: T) => string, needs: (node: T) => Iterable<string>): Sorted<T> {
  const index = new Map(nodes.map((node, i) => [key(node), i]))
  const state = new Uint8Array(nodes.length)
  const order: T[] = []
  for (let root = 0; root < nodes.length; root += 1) {
    const cycle = visit(root, nodes, index, needs, state, order)
    if (cycle !== null) return { order: null, cycle }
  }
  return { order, cycle: null }
}

const OPEN = 1
const DONE = 2

interface Frame {
  readonly at: number
  readonly rest: Iterator<string>
}

/** Depth first with a stack of our own: a chain of ten thousand needs must not overflow the call stack. */
function visit<T>(
  root: number,
  nodes: readonly T[],
  index: ReadonlyMap<string, number>,
  needs: (node: T) => Iterable<string>,
  state: Uint8Array,
  order: T[],
): readonly T[] | null {
  if (state[root] !== 0) return null
  const frame = (at: number): Frame => {
    state[at] = OPEN
    return { at, rest: needs(nodes[at] as T)[Symbol.iterator]() }
  }
  const stack: Frame[] = [frame(root)]
  while (stack.length > 0) {
    const top = stack[stack.length - 1] as Frame
    const next = top.rest.next()
    if (next.done === true) {
      state[top.at] = DONE
      order.push(nodes[top.at] as T)
      stack.pop()
      continue
    }
    const at = index.get(next.value)
    if (at === undefined || at === top.at || state[at] === DONE) continue
    if (state[at] === OPEN) {
      const from = stack.findIndex((candidate) => candidate.at === at)
      return stack.slice(from).map((candidate) => nodes[candidate.at] as T)
    }
    stack.push(frame(at))
  }
  return null
}
