import type { Column, Table } from '../../../schema/schema.ts'
import { columnText } from '../render/column-text.ts'
import { constraintText } from '../render/constraint-text.ts'
import { indexText } from '../render/index-text.ts'
import { quoteName } from '../literal.ts'
import type { ScratchPlace } from './place.ts'
import { isNextval } from './words.ts'

/** The names that constraints and indexes have in the scratch place. */
export const trialName = (place: ScratchPlace, table: number, kind: 'constraint' | 'index', at: number): string => `${place.prefix}${kind[0]}${table}_${at}`

/** A column without what its own table's trial does not need. */
export function trialColumn(column: Column): string {
  const { notNullName: _, identity, ...rest } = column
  const plain = identity == null ? rest : { ...rest, identity: { always: identity.always } }
  return columnText(isNextval(column) ? { ...plain, default: null } : plain)
}

/** The DDL of one declared table, without foreign keys and without a word about tables that are there. */
export function trialStatements(table: Table, at: number, place: ScratchPlace): readonly string[] {
  const constraints = table.constraints.flatMap((constraint, number) =>
    constraint.type === 'foreignKey' || constraint.type === 'primaryKey' || constraint.type === 'unique'
      ? []
      : [constraintText({ ...constraint, name: trialName(place, at, 'constraint', number), validated: true, enforced: true })])
  const name = place.table(at)
  return [
    `CREATE TABLE ${name} (${[...table.columns.map(trialColumn), ...constraints].join(', ')})`,
    ...table.indexes.map((index, number) => indexOn({ ...index, name: trialName(place, at, 'index', number), tablespace: null, parameters: [] }, name)),
  ]
}

/** The target is written as it is: `pg_temp` is no schema that a name could be quoted with. */
function indexOn(index: Table['indexes'][number], target: string): string {
  const text = indexText(index, { schema: '', name: 'trueup_target' })
  return text.replace(` ON ${quoteName('trueup_target')} `, () => ` ON ${target} `)
}
