import type { AlterOperation } from '../../operations/operation.ts'
import type { Column, Constraint, Extension, ForeignServer, Index, Kind, Policy, Routine, Subscription, Table, Trigger, View } from '../../schema/schema.ts'
import { findTable } from './render/find.ts'
import type { RenderContext } from '../dialect.ts'

/** False when PostgreSQL has no ALTER for the change, so that the object is dropped and created again. */
export function alterable(operation: AlterOperation<Kind>, context: RenderContext): boolean {
  const only = (...fields: readonly string[]): boolean => operation.fields.every((field) => fields.includes(field))
  const has = (field: string): boolean => operation.fields.includes(field)
  // The kind says which objects they are.
  const both = <T>(): readonly [T, T] => [operation.from as T, operation.to as T]
  switch (operation.kind) {
    case 'extension':
      return !has('version') || !isOlder(...both<Extension>())
    case 'eventTrigger':
    case 'statistics':
      return !has('definition') && !has('table')
    case 'server':
      return !has('wrapper') && !has('type') && !(has('version') && (operation.to as ForeignServer).version === null)
    case 'publication':
      return !has('allTables')
    case 'subscription':
      return subscriptionAlterable(...both<Subscription>())
    case 'routine':
      return only('comment', 'owner', 'grants') || sameInterface(...both<Routine>())
    case 'table':
      return tableAlterable(...both<Table>(), has)
    case 'view':
      return viewAlterable(...both<View>(), has)
    case 'column':
      return columnAlterable(...both<Column>(), context.version)
    case 'constraint':
      return constraintAlterable(...both<Constraint>(), only, context.version)
    case 'index':
      return only('comment', 'parameters', 'tablespace', 'clustered', 'statistics', 'attachedTo') && !losesParent(operation, context) && !(has('parameters') && isOnPartitioned(operation, context))
    case 'trigger':
      return !has('definition') || both<Trigger>().every((trigger) => trigger.definition.startsWith('CREATE TRIGGER'))
    case 'policy':
      return policyAlterable(...both<Policy>(), has)
    default:
      return true
  }
}

/** Extensions have no way back to an older version. */
function isOlder(from: Extension, to: Extension): boolean {
  const numbers = (version: string | undefined): readonly number[] => (version ?? '').split('.').map(Number)
  const [before, after] = [numbers(from.version), numbers(to.version)]
  const at = before.findIndex((part, i) => part !== after[i])
  return at >= 0 && (after[at] ?? 0) < (before[at] ?? 0)
}

/** CREATE OR REPLACE keeps what calls it only when names, defaults and results stay. */
const sameInterface = (from: Routine, to: Routine): boolean =>
  from.routine === to.routine && from.routine !== 'aggregate' && from.returns === to.returns && from.arguments === to.arguments

const tableAlterable = (from: Table, to: Table, has: (field: string) => boolean): boolean =>
  !has('partitionBy') && !(has('foreign') && (from.foreign == null || to.foreign == null || from.foreign.server !== to.foreign.server))

/** A view can only get further columns at its end; all else is another view. */
function viewAlterable(from: View, to: View, has: (field: string) => boolean): boolean {
  if (has('materialized') || (has('definition') && to.materialized)) return false
  if (!has('definition') && !has('columns')) return true
  if (from.columns === undefined || to.columns === undefined) return false
  return from.columns.every((column, i) => {
    const now = to.columns?.[i]
    return now?.name === column.name && now.type === column.type && (now.collation ?? null) === (column.collation ?? null)
  })
}

function columnAlterable(from: Column, to: Column, version: number): boolean {
  if (from.generated == null) return to.generated == null
  if (to.generated == null) return from.generated.stored
  if (from.generated.stored !== to.generated.stored) return false
  // The old values would have to be cast, and nobody can say how for a column that is computed.
  if (from.generated.expression !== to.generated.expression && from.type !== to.type) return false
  return from.generated.expression === to.generated.expression ? true : version >= 170000
}

function constraintAlterable(from: Constraint, to: Constraint, only: (...fields: readonly string[]) => boolean, version: number): boolean {
  const validates = from.validated !== false || to.validated !== false
  if (from.validated !== false && to.validated === false) return false
  if (to.type === 'foreignKey') return validates && only('comment', 'validated', 'deferrable', ...(version >= 180000 ? ['enforced'] : []))
  return validates && only('comment', 'validated', 'clustered', 'indexComment')
}

/** The server takes parameters of a partitioned index when it is made, and never again. */
const isOnPartitioned = ({ ref }: AlterOperation<Kind>, context: RenderContext): boolean =>
  findTable(context.after, { schema: ref.schema, name: ref.table ?? '' })?.partitionBy != null

/** Dropped with the index of the parent, while its table stays a partition. */
function losesParent({ from, to, ref }: AlterOperation<Kind>, context: RenderContext): boolean {
  const [before, after] = [from as Index, to as Index]
  if (before.attachedTo == null || after.attachedTo !== null) return false
  return findTable(context.after, { schema: ref.schema, name: ref.table ?? '' })?.partitionOf != null
}

function policyAlterable(from: Policy, to: Policy, has: (field: string) => boolean): boolean {
  if (has('command') || has('permissive')) return false
  return (from.using === null || to.using !== null) && (from.check === null || to.check !== null)
}

/** Two-phase commit and what stands by for the slot are settled when a subscription is made, or take a slot that is there. */
function subscriptionAlterable(from: Subscription, to: Subscription): boolean {
  const has = (one: Subscription, name: string): boolean => one.options.some((option) => option.startsWith(`${name}=`))
  return ['two_phase', 'failover'].every((name) => has(from, name) === has(to, name))
}
