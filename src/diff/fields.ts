import type { Kind, Kinds } from '../schema/schema.ts'
import { same } from './same.ts'

/** How one field takes part in the comparison. A function tells whether two values are the same. */
type Rule<V> = 'compare' | 'skip' | ((from: V | undefined, to: V | undefined) => boolean)

type KeysOf<T> = T extends unknown ? keyof T : never
type ValueOf<T, F> = T extends unknown ? (F extends keyof T ? T[F] : never) : never

/** Every field of every member of `T` has a rule: a field that is added to the objects and forgotten here does not compile. */
export type Fields<T> = { readonly [F in KeysOf<T>]-?: Rule<Exclude<ValueOf<T, F>, undefined>> }

/** Left out means yes: an object is valid and validated unless its source says otherwise. */
const yesUnlessSaid = (from: boolean | undefined, to: boolean | undefined): boolean => (from ?? true) === (to ?? true)

const sameSet = (from: readonly string[] | undefined, to: readonly string[] | undefined): boolean =>
  from === undefined || to === undefined || same([...from].sort(), [...to].sort())

const COMMON = { comment: 'compare', owner: 'compare', grants: sameSet, needs: 'skip' } as const
const NAMED = { schema: 'skip', name: 'skip', ...COMMON } as const
const DEFINED = { name: 'skip', ...COMMON, definition: 'compare' } as const

/** What makes two objects of a kind differ. Children have operations of their own and are skipped here. */
export const FIELDS: { readonly [K in Kind]: Fields<Kinds[K]> } = {
  namespace: { name: 'skip', ...COMMON },
  // Where an extension lives and in which version is the server's business unless the source says so.
  extension: { name: 'skip', ...COMMON, schema: 'compare', version: 'compare' },
  collation: { ...NAMED, definition: 'compare' },
  enum: { ...NAMED, values: 'compare' },
  domain: { ...NAMED, type: 'compare', collation: 'compare', notNull: 'compare', default: 'compare', checks: 'compare' },
  composite: { ...NAMED, attributes: 'compare' },
  range: { ...NAMED, options: 'compare' },
  sequence: {
    ...NAMED, type: 'compare', start: 'compare', increment: 'compare', min: 'compare', max: 'compare', cache: 'compare', cycle: 'compare',
    ownedBy: 'compare', unlogged: 'compare',
  },
  routine: { ...NAMED, routine: 'compare', signature: 'skip', definition: 'compare', returns: 'compare', arguments: 'compare' },
  wrapper: { name: 'skip', ...COMMON, handler: 'compare', validator: 'compare', options: sameSet },
  server: { name: 'skip', ...COMMON, wrapper: 'compare', type: 'compare', version: 'compare', options: sameSet },
  userMapping: { name: 'skip', ...COMMON, user: 'skip', server: 'skip', options: sameSet },
  table: {
    ...NAMED, columns: 'skip', constraints: 'skip', indexes: 'skip', triggers: 'skip', rules: 'skip', policies: 'skip',
    rowSecurity: 'compare', unlogged: 'compare', parameters: sameSet, accessMethod: 'compare', tablespace: 'compare',
    replicaIdentity: 'compare', partitionBy: 'compare', partitionOf: 'compare', inherits: 'compare', ofType: 'compare', foreign: 'compare',
    strict: 'compare', withoutRowid: 'compare', virtual: 'compare', statement: 'skip', leaves: 'skip',
  },
  view: {
    ...NAMED, materialized: 'compare', definition: 'compare', columns: 'compare', parameters: sameSet, indexes: 'skip', triggers: 'skip',
    rules: 'skip', accessMethod: 'compare', tablespace: 'compare', withData: 'skip',
  },
  statistics: { ...NAMED, table: 'compare', definition: 'compare', target: 'compare' },
  eventTrigger: { ...DEFINED, enabled: 'compare' },
  publication: { name: 'skip', ...COMMON, allTables: 'compare', tables: 'compare', schemas: sameSet, publish: sameSet, viaRoot: 'compare', generated: 'compare' },
  subscription: { name: 'skip', ...COMMON, connection: 'compare', publications: sameSet, enabled: 'compare', slot: 'compare', options: sameSet },
  defaultPrivilege: DEFINED,
  column: {
    name: 'skip', ...COMMON, type: 'compare', notNull: 'compare', notNullName: 'compare', notNullValidated: yesUnlessSaid, notNullNoInherit: 'compare', notNullComment: 'compare', default: 'compare',
    collation: 'compare', generated: 'compare', identity: 'compare', storage: 'compare', compression: 'compare', statistics: 'compare',
    options: sameSet, foreignOptions: sameSet, local: 'skip', autoIncrement: 'compare',
  },
  constraint: {
    name: 'skip', ...COMMON, named: 'skip', type: 'compare', deferrable: 'compare', validated: yesUnlessSaid, enforced: 'compare',
    noInherit: 'compare', local: 'skip', columns: 'compare', include: 'compare', withoutOverlaps: 'compare', parameters: sameSet, clustered: 'compare', indexComment: 'compare',
    nullsNotDistinct: 'compare', references: 'compare', onDelete: 'compare', onUpdate: 'compare', match: 'compare', setColumns: 'compare',
    period: 'compare', expression: 'compare', definition: 'compare',
  },
  index: {
    name: 'skip', ...COMMON, named: 'skip', unique: 'compare', method: 'compare', keys: 'compare', include: 'compare', where: 'compare',
    nullsNotDistinct: 'compare', parameters: sameSet, tablespace: 'compare', clustered: 'compare', valid: yesUnlessSaid,
    attachedTo: 'compare', statistics: 'compare',
  },
  trigger: { ...DEFINED, enabled: 'compare' },
  rule: { ...DEFINED, enabled: 'compare' },
  policy: { name: 'skip', ...COMMON, command: 'compare', permissive: 'compare', roles: sameSet, using: 'compare', check: 'compare' },
}

/** The names of the fields in which two objects of a kind differ, in the order of the table above. */
export function differingFields<K extends Kind>(kind: K, from: Kinds[K], to: Kinds[K]): readonly string[] {
  // Rules and values belong to the same kind; the loops read them by name, where TypeScript cannot follow.
  const [a, b] = [from, to] as unknown as readonly [Values, Values]
  if (!mayDiffer(kind, a, b)) return []
  return RULES[kind].filter(([name, rule]) => !(typeof rule === 'function' ? rule(a[name], b[name]) : same(a[name], b[name]))).map(([name]) => name)
}

type Values = Readonly<Record<string, unknown>>

/**
 * False when no field that both sides speak of differs. Nearly all objects of two large schemas are the same and carry few
 * of their fields, so looking at those that are there first makes a diff several times faster.
 */
function mayDiffer(kind: Kind, from: Values, to: Values): boolean {
  const skipped = SKIPPED[kind]
  for (const name in from) if (from[name] !== to[name] && !skipped.has(name) && !same(from[name], to[name])) return true
  return SPOKEN[kind].some((name) => (from[name] ?? true) !== (to[name] ?? true))
}

type LooseRule = 'compare' | ((from: unknown, to: unknown) => boolean)

const RULES = Object.fromEntries(
  Object.entries(FIELDS).map(([kind, fields]) => [kind, Object.entries(fields).filter(([, rule]) => rule !== 'skip')]),
) as unknown as { readonly [K in Kind]: readonly (readonly [string, LooseRule])[] }

const SKIPPED = Object.fromEntries(
  Object.entries(FIELDS).map(([kind, fields]) => [kind, new Set(Object.entries(fields).filter(([, rule]) => rule === 'skip').map(([name]) => name))]),
) as unknown as { readonly [K in Kind]: ReadonlySet<string> }

/** The fields that say something even when they are left out. */
const SPOKEN = Object.fromEntries(
  Object.entries(FIELDS).map(([kind, fields]) => [kind, Object.entries(fields).filter(([, rule]) => rule === yesUnlessSaid).map(([name]) => name)]),
) as unknown as { readonly [K in Kind]: readonly string[] }
