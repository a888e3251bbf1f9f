import { TrueupError } from '../errors.ts'
import { sortByNeeds } from '../graph.ts'
import type { AlterOperation, Operation } from '../operations/operation.ts'
import { describe } from '../operations/operation.ts'
import type { Kind, Schema } from '../schema/schema.ts'
import { refKey } from '../schema/schema.ts'
import type { Node } from './edges.ts'
import { edges } from './edges.ts'
import { operationsOf } from './expand.ts'
import { loosen } from './loosen.ts'
import { listObjects } from './objects.ts'
import { naturalPhase } from './phase.ts'
import type { Phase } from './plan.ts'
import { PHASES } from './plan.ts'
import { addRebuilds } from './rebuild.ts'
import type { Requirements } from './requirements.ts'
import { requirementsIn } from './requirements.ts'
import { collectWork, dropCovered } from './work.ts'

export interface OrderRequest {
  readonly from: Schema
  readonly to: Schema
  readonly operations: readonly Operation[]
  /** False for an alteration that takes a drop and a create. */
  readonly alterable: (operation: AlterOperation<Kind>) => boolean
  readonly inlineForeignKeys: boolean
}

export interface Ordered {
  readonly operation: Operation
  readonly phase: Phase
}

/**
 * The operations in an order in which each can be carried out: creations after what they need, drops before what is needed goes,
 * a name is free before it is taken, and what depends on an altered object leaves before and comes back after. The same input
 * gives the same order. A cycle that cannot be broken is refused with its members.
 */
export function order(request: OrderRequest): readonly Ordered[] {
  const [from, to] = [listObjects(request.from), listObjects(request.to)]
  const work = collectWork(request.operations, from, to, request.alterable)
  dropCovered(work.items)
  addRebuilds(work, from, to, requirementsIn(request.from, false))
  dropCovered(work.items)
  const operations = operationsOf(work, request.inlineForeignKeys)
  const created = new Set(operations.flatMap((operation) => (operation.verb === 'create' ? [refKey(operation.ref)] : [])))
  const isNew = (schema: string, name: string): boolean =>
    created.has(refKey({ kind: 'table', schema, name })) || created.has(refKey({ kind: 'view', schema, name }))
  const nodes = operations.map((operation, i) => makeNode(operation, i, naturalPhase(operation, isNew)))
  return sortNodes(nodes, requirementsIn(request.from, true), requirementsIn(request.to, true), request.from)
}

function makeNode(operation: Operation, i: number, phase: Phase): Node {
  return { id: `${i}`, operation, phase }
}

/** Sorts, and takes a member of a cycle apart as often as that helps. */
function sortNodes(start: readonly Node[], before: Requirements, after: Requirements, from: Schema): readonly Ordered[] {
  let nodes = [...start].sort(byHabit)
  for (;;) {
    const needs = edges(nodes, before, after, from)
    const sorted = sortByNeeds(nodes, (node) => node.id, (node) => needs.get(node.id) ?? [])
    if (sorted.cycle === null) return inPhases(sorted.order, needs)
    const looser = takeApart(nodes, sorted.cycle)
    if (looser === null) throw cycleError(sorted.cycle)
    nodes = looser
  }
}

function takeApart(nodes: readonly Node[], cycle: readonly Node[]): Node[] | null {
  for (const node of cycle) {
    const parts = loosen(node.operation, cycle.map((member) => member.operation))
    if (parts === null) continue
    return nodes.flatMap((other) => (other === node ? parts.map((operation, i) => ({ ...node, id: `${node.id}.${String(i).padStart(4, '0')}`, operation })) : [other]))
  }
  return null
}

function cycleError(cycle: readonly Node[]): TrueupError {
  const members = cycle.map((node) => describe(node.operation))
  return new TrueupError('not-supported', `these changes need one another, and no order of them works: ${[...members, members[0]].join(' → ')}`, {
    hint: 'Break the circle by hand, in a SQL entry that makes one of them in a preliminary form.',
    details: { cycle: members },
  })
}

const CREATE_ORDER: readonly Kind[] = [
  'namespace', 'extension', 'collation', 'enum', 'domain', 'composite', 'range', 'wrapper', 'server', 'userMapping', 'sequence', 'table', 'column', 'routine',
  'view', 'constraint', 'index', 'statistics', 'rule', 'trigger', 'policy', 'eventTrigger', 'publication', 'subscription', 'defaultPrivilege',
]

/** What people would write where nothing forces another order. Drops go the other way round. */
function rank(node: Node): number {
  const kind = CREATE_ORDER.indexOf(node.operation.kind)
  const inPhase = node.operation.verb === 'drop' ? -kind : node.operation.verb === 'rename' ? 0 : kind + 1
  return PHASES.indexOf(node.phase) * 100 + inPhase
}

const byHabit = (a: Node, b: Node): number => rank(a) - rank(b)

/** What something earlier waits for moves into that one's phase. */
function inPhases(sorted: readonly Node[], needs: ReadonlyMap<string, readonly string[]>): readonly Ordered[] {
  const phases = new Map(sorted.map((node) => [node.id, PHASES.indexOf(node.phase)]))
  for (const node of [...sorted].reverse()) {
    const phase = phases.get(node.id) ?? 0
    for (const need of needs.get(node.id) ?? []) phases.set(need, Math.min(phases.get(need) ?? phase, phase))
  }
  return PHASES.flatMap((phase, i) => sorted.filter((node) => phases.get(node.id) === i).map((node) => ({ operation: node.operation, phase })))
}
