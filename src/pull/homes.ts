import { isChildKind } from '../operations/operation.ts'
import type { Named, ObjectRef, Schema, TopKind } from '../schema/schema.ts'
import { displayName, keyOf } from '../schema/schema.ts'
import { fileName } from './file-names.ts'

/** The file that an object is written into. */
export interface Home {
  readonly path: string
  /** For the file's first line: `table public.users`. */
  readonly title: string
}

const FOLDERS: { readonly [K in TopKind]: readonly [folder: string, word: string] } = {
  namespace: ['schemas', 'schema'], extension: ['extensions', 'extension'], collation: ['collations', 'collation'], enum: ['types', 'type'], domain: ['types', 'domain'],
  composite: ['types', 'type'], range: ['types', 'type'], sequence: ['sequences', 'sequence'], routine: ['functions', 'function'], wrapper: ['foreign', 'foreign-data wrapper'],
  server: ['foreign', 'server'], userMapping: ['foreign', 'user mapping'], table: ['tables', 'table'], view: ['views', 'view'], statistics: ['statistics', 'statistics'], eventTrigger: ['event-triggers', 'event trigger'],
  publication: ['publications', 'publication'], subscription: ['subscriptions', 'subscription'], defaultPrivilege: ['default-privileges', 'default privileges'],
}

/**
 * Tells the file of any object: children live with their relation, partitions with the table that they are parts of, statistics
 * and owned sequences with their table, and routines of one name together.
 */
export function homesOf(schema: Schema, defaultSchema: string): (ref: ObjectRef) => Home {
  const views = new Set(schema.view.map(keyOf))
  const parents = new Map(schema.table.flatMap((table) => (table.partitionOf == null ? [] : [[keyOf(table), table.partitionOf.parent] as const])))
  const owners = new Map(schema.sequence.flatMap((one) => (one.ownedBy === null ? [] : [[keyOf(one), { schema: one.ownedBy.schema, name: one.ownedBy.table }] as const])))
  const watched = new Map(schema.statistics.map((one) => [keyOf(one), one.table]))
  const root = (table: Named): Named => {
    const parent = parents.get(keyOf(table))
    return parent === undefined ? table : root(parent)
  }
  const relation = (name: Named): Home => (views.has(keyOf(name)) ? home('view', name, defaultSchema) : home('table', root(name), defaultSchema))
  return (ref) => {
    const name = { schema: ref.schema, name: ref.name }
    if (isChildKind(ref.kind)) return relation({ schema: ref.schema, name: ref.table ?? '' })
    if (ref.kind === 'table') return relation(name)
    const table = ref.kind === 'sequence' ? owners.get(keyOf(name)) : ref.kind === 'statistics' ? watched.get(keyOf(name)) : undefined
    if (table !== undefined) return relation(table)
    return home(ref.kind, ref.kind === 'routine' ? { ...name, name: ref.name.slice(0, ref.name.indexOf('(')) } : name, defaultSchema)
  }
}

function home(kind: TopKind, name: Named, defaultSchema: string): Home {
  const [folder, word] = FOLDERS[kind]
  const prefix = name.schema === '' || name.schema === defaultSchema ? '' : `${fileName(name.schema)}.`
  // What lives beside schemas has no other place for two kinds of one name.
  const suffix = kind === 'server' || kind === 'wrapper' || kind === 'userMapping' ? `.${kind}` : ''
  return { path: `${folder}/${prefix}${fileName(name.name)}${suffix}.sql`, title: `${word} ${displayName(name, defaultSchema)}` }
}
