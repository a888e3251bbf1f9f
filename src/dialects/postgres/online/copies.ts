import type { Constraint, ForeignKey, Index, Named, Schema, Table } from '../../../schema/schema.ts'
import { keyOf } from '../../../schema/schema.ts'
import { findTable } from '../render/find.ts'
import { indexOf } from '../render/left-overs.ts'
import { madeUpName } from '../render/names.ts'
import { indexReads, moveConstraint, moveIndex, standsOn } from './texts.ts'

/** What stands on the old column, and its like on the new one. */
export type Copy =
  | { readonly kind: 'index'; readonly table: Named; readonly original: Index; readonly copy: Index }
  /** A table has one primary key: its like is a unique index, which becomes the key when the old one goes. */
  | { readonly kind: 'primaryKey'; readonly table: Named; readonly original: Constraint; readonly copy: Index }
  | { readonly kind: 'constraint'; readonly table: Named; readonly original: Constraint; readonly copy: Constraint }
  /** A foreign key of this or another table that points at the column. */
  | { readonly kind: 'reference'; readonly table: Named; readonly original: ForeignKey; readonly copy: ForeignKey }

/**
 * All that stands on a column with its like on another one. A definition of the models that bears the same name is preferred: it
 * is written for the new type already.
 */
export function copiesOf(live: Schema, name: Named, from: string, to: string, models?: { readonly target: Schema; readonly column: string }): readonly Copy[] {
  const table = findTable(live, name)
  if (table === undefined) return []
  const named = namer()
  const wanted = models === undefined ? undefined : findTable(models.target, name)
  const prefer = <T extends { readonly name: string }>(original: T, list: readonly T[] | undefined, move: (item: T, column: string) => T): T =>
    move(list?.find((item) => item.name === original.name) ?? original, models?.column ?? from)
  const own = { schema: name.schema, name: name.name }
  const isReference = (constraint: Constraint): boolean => constraint.type === 'foreignKey' && keyOf({ schema: constraint.references.schema, name: constraint.references.table }) === keyOf(own) && constraint.references.columns.includes(from)
  const constraints = table.constraints.filter((item) => item.type !== 'exclusion' && standsOn(item, from) && !isReference(item)).map((original): Copy => {
    const copyName = named(original.name)
    const moved = { ...prefer(original, wanted?.constraints, (item, column) => moveConstraint(moveConstraint(item, from, to), column, to)), name: copyName }
    if (moved.type === 'primaryKey') return { kind: 'primaryKey', table: own, original, copy: indexOf(moved) }
    return { kind: 'constraint', table: own, original, copy: { ...moved, validated: original.validated ?? true } }
  })
  const indexes = table.indexes.filter((item) => item.valid !== false && indexReads(item, from) && !table.constraints.some((one) => keyKept(one) === item.name)).map((original): Copy => {
    const copyName = named(original.name)
    return { kind: 'index', table: own, original, copy: { ...prefer(original, wanted?.indexes, (item, column) => moveIndex(moveIndex(item, from, to), column, to)), name: copyName, clustered: false } }
  })
  const references = live.table.flatMap((other) => other.constraints.filter(isReference).map((original): Copy | null => {
    if (original.type !== 'foreignKey') return null
    const columns = original.references.columns.map((column) => (column === from ? to : column))
    return { kind: 'reference', table: { schema: other.schema, name: other.name }, original, copy: { ...original, name: named(original.name), references: { ...original.references, columns } } }
  })).filter((item) => item !== null)
  return [...constraints, ...indexes, ...references]
}

/** Names of copies: the original's with a mark, numbered where the limit of 63 bytes makes two alike. */
function namer(): (name: string) => string {
  const taken = new Set<string>()
  return (name) => {
    for (let number = 1; ; number += 1) {
      const made = madeUpName([name], number === 1 ? 'trueup' : `trueup${number}`)
      if (taken.has(made)) continue
      taken.add(made)
      return made
    }
  }
}

/** The name of the index that the old side of a primary key goes on with when another column takes the key over. */
export const keyKept = (constraint: { readonly type?: string; readonly name: string }): string | null => (constraint.type === 'primaryKey' ? madeUpName([constraint.name], 'trueup_key') : null)

/** The schema with all copies in it. */
export function withCopies(schema: Schema, copies: readonly Copy[]): Schema {
  return copies.reduce((all, item) => changeTable(all, item.table, (table) => {
    if (item.kind === 'index' || item.kind === 'primaryKey') return { ...table, indexes: [...table.indexes.filter((one) => one.name !== item.copy.name), item.copy] }
    return { ...table, constraints: [...table.constraints.filter((one) => one.name !== item.copy.name), item.copy] }
  }), schema)
}

/** The schema without them, whatever became of them. */
export function withoutCopies(schema: Schema, copies: readonly Copy[]): Schema {
  return copies.reduce((all, item) => changeTable(all, item.table, (table) => ({
    ...table, indexes: table.indexes.filter((one) => one.name !== item.copy.name), constraints: table.constraints.filter((one) => one.name !== item.copy.name),
  })), schema)
}

/** A schema in which one table is another. */
export function changeTable(schema: Schema, name: Named, change: (table: Table) => Table): Schema {
  return { ...schema, table: schema.table.map((table) => (table.schema === name.schema && table.name === name.name ? change(table) : table)) }
}
