import type { Column, Composite, Index, Named, Policy, Rule, Table, Trigger, View } from '../../../schema/schema.ts'
import { assembleColumns } from './columns.ts'
import { assembleConstraints, assembleIndexes } from './constraints.ts'
import type { Context } from './context.ts'
import { asNeeds, ENABLED, groupBy, needsOf, NONE, optionList, rights } from './context.ts'
import type { Oid, RelationRow } from './rows.ts'

/** Tables, views and composite types. */
export interface Relations {
  readonly table: readonly Table[]
  readonly view: readonly View[]
  readonly composite: readonly Composite[]
}

interface Children {
  readonly columns: ReadonlyMap<Oid, readonly Column[]>
  readonly constraints: ReadonlyMap<Oid, Table['constraints']>
  readonly indexes: ReadonlyMap<Oid, readonly Index[]>
  readonly triggers: ReadonlyMap<Oid, readonly Trigger[]>
  readonly rules: ReadonlyMap<Oid, readonly Rule[]>
  readonly policies: ReadonlyMap<Oid, readonly Policy[]>
  readonly parents: ReadonlyMap<Oid, readonly Named[]>
}

/** Assembles what the sections about relations brought. */
export function assembleRelations(context: Context, version: number): Relations {
  const children: Children = {
    columns: assembleColumns(context, version),
    constraints: assembleConstraints(context, version),
    indexes: assembleIndexes(context),
    triggers: assembleTriggers(context),
    rules: assembleRules(context),
    policies: assemblePolicies(context),
    parents: assembleParents(context),
  }
  const rows = context.catalogue.relations
  return {
    table: rows.filter((row) => row.kind === 'r' || row.kind === 'p' || row.kind === 'f').map((row) => assembleTable(context, row, children)),
    view: rows.filter((row) => row.kind === 'v' || row.kind === 'm').map((row) => assembleView(context, row, children)),
    composite: rows.filter((row) => row.kind === 'c').map((row) => assembleComposite(row, children)),
  }
}

function assembleTable(context: Context, row: RelationRow, children: Children): Table {
  const parents = children.parents.get(row.oid) ?? NONE
  const parent = parents[0]
  return {
    schema: row.schema,
    name: row.name,
    columns: children.columns.get(row.oid) ?? NONE,
    constraints: children.constraints.get(row.oid) ?? NONE,
    indexes: children.indexes.get(row.oid) ?? NONE,
    triggers: children.triggers.get(row.oid) ?? NONE,
    rules: children.rules.get(row.oid) ?? NONE,
    policies: children.policies.get(row.oid) ?? NONE,
    rowSecurity: row.rest.force ? (row.rest.rls ? 'forced' : 'offButForced') : row.rest.rls ? 'enabled' : 'off',
    unlogged: row.rest.persistence === 'u',
    parameters: parametersOf(row),
    accessMethod: row.rest.method === 'heap' ? null : row.rest.method,
    tablespace: row.rest.space,
    replicaIdentity: replicaIdentity(context, row),
    partitionBy: row.rest.key,
    partitionOf: row.rest.bound !== null && parent !== undefined ? { parent, bound: row.rest.bound } : null,
    inherits: row.rest.bound === null ? parents : NONE,
    ofType: row.rest.of === null ? null : typeName(context, row.rest.of),
    foreign: row.rest.foreign === null ? null : { server: row.rest.foreign.server, options: optionList(row.rest.foreign.options) },
    comment: row.comment,
    ...rights(row),
  }
}

const parametersOf = (row: RelationRow): readonly string[] =>
  row.rest.toast === null ? optionList(row.rest.options) : [...optionList(row.rest.options), ...optionList(row.rest.toast, 'toast.')]

function replicaIdentity(context: Context, row: RelationRow): string {
  // The server keeps a letter for foreign tables, too, which nobody can set.
  if (row.kind === 'f') return 'default'
  if (row.rest.ident !== 'i') return ({ d: 'default', n: 'nothing', f: 'full' } as const)[row.rest.ident]
  return context.catalogue.indexes.find((index) => index.r === row.oid && index.shape.replica)?.n ?? 'nothing'
}

function typeName(context: Context, oid: Oid): Named | null {
  const ref = context.refs.get(oid)
  return ref === undefined ? null : { schema: ref.schema, name: ref.name }
}

function assembleView(context: Context, row: RelationRow, children: Children): View {
  const materialized = row.kind === 'm'
  return {
    schema: row.schema,
    name: row.name,
    materialized,
    definition: (row.rest.view ?? '').trim().replace(/;$/, ''),
    columns: children.columns.get(row.oid) ?? NONE,
    parameters: parametersOf(row),
    triggers: children.triggers.get(row.oid) ?? NONE,
    rules: children.rules.get(row.oid) ?? NONE,
    ...(materialized && {
      indexes: children.indexes.get(row.oid) ?? NONE,
      accessMethod: row.rest.method === 'heap' ? null : row.rest.method,
      tablespace: row.rest.space,
      withData: row.rest.filled,
    }),
    comment: row.comment,
    ...rights(row),
    ...needsOf(context, 'v', row.oid),
  }
}

function assembleComposite(row: RelationRow, children: Children): Composite {
  const columns = children.columns.get(row.oid) ?? NONE
  const needs = columns.flatMap((column) => column.needs ?? NONE)
  return {
    schema: row.schema,
    name: row.name,
    attributes: columns.map(({ name, type, collation, comment }) => ({ name, type, collation: collation ?? null, comment: comment ?? null })),
    comment: row.comment,
    ...rights(row),
    ...(needs.length > 0 && { needs }),
  }
}

function assembleTriggers(context: Context): ReadonlyMap<Oid, readonly Trigger[]> {
  return new Map(
    [...groupBy(context.catalogue.triggers, (row) => row.r)].map(([oid, rows]) => [
      oid,
      rows.map((row) => ({ name: row.n, definition: row.d, enabled: ENABLED[row.enabled], comment: row.comment, ...needsOf(context, 'g', row.oid, 0, context.refs.get(oid)) })),
    ]),
  )
}

function assembleRules(context: Context): ReadonlyMap<Oid, readonly Rule[]> {
  return new Map(
    [...groupBy(context.catalogue.rules, (row) => row.r)].map(([oid, rows]) => [
      oid,
      rows.map((row) => ({ name: row.n, definition: row.d, enabled: ENABLED[row.enabled], comment: row.comment, ...needsOf(context, 'w', row.oid) })),
    ]),
  )
}

const COMMANDS = { '*': 'all', r: 'select', a: 'insert', w: 'update', d: 'delete' } as const

function assemblePolicies(context: Context): ReadonlyMap<Oid, readonly Policy[]> {
  return new Map(
    [...groupBy(context.catalogue.policies, (row) => row.r)].map(([oid, rows]) => [
      oid,
      rows.map((row) => ({
        name: row.n,
        command: COMMANDS[row.cmd],
        permissive: row.permissive,
        roles: [...row.roles].sort(),
        using: row.using,
        check: row.check,
        comment: row.comment,
        ...asNeeds(context, context.needs.get(`p ${row.oid} 0`) ?? NONE),
      })),
    ]),
  )
}

function assembleParents(context: Context): ReadonlyMap<Oid, readonly Named[]> {
  const tables = context.catalogue.inherits.filter((row) => row.kind !== 'I')
  return new Map(
    [...groupBy(tables, (row) => row.r)].map(([oid, rows]) => [oid, rows.sort((a, b) => a.k - b.k).map(({ schema, name }) => ({ schema, name }))]),
  )
}
