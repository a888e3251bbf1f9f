import type { Constraint, ForeignKey, PrimaryKey, ReferenceAction, Unique } from '../../../schema/schema.ts'
import { stable } from './expression.ts'
import { nameList, parameterList, qualified, quoteName } from './names.ts'

/** `CONSTRAINT "name" …` as CREATE TABLE and ADD CONSTRAINT write it. */
export function constraintText(constraint: Constraint, options: { readonly notValid?: boolean } = {}): string {
  const notValid = options.notValid === true || constraint.validated === false
  return [
    `CONSTRAINT ${quoteName(constraint.name)}`,
    bodyText(constraint),
    constraint.noInherit === true && constraint.type === 'check' ? 'NO INHERIT' : '',
    timing(constraint),
    constraint.enforced === false ? 'NOT ENFORCED' : notValid ? 'NOT VALID' : '',
  ].filter((part) => part !== '').join(' ')
}

/** When it is checked: `DEFERRABLE INITIALLY DEFERRED`. */
export const timing = (constraint: Constraint): string =>
  constraint.deferrable === 'deferred' ? 'DEFERRABLE INITIALLY DEFERRED' : constraint.deferrable === 'immediate' ? 'DEFERRABLE' : ''

function bodyText(constraint: Constraint): string {
  switch (constraint.type) {
    case 'primaryKey':
      return `PRIMARY KEY ${keyText(constraint)}`
    case 'unique':
      return `UNIQUE ${constraint.nullsNotDistinct === true ? 'NULLS NOT DISTINCT ' : ''}${keyText(constraint)}`
    case 'foreignKey':
      return foreignKeyText(constraint)
    case 'check':
      return `CHECK (${stable(constraint.expression)})`
    case 'exclusion':
      return `EXCLUDE ${stable(constraint.definition.replace(/^EXCLUDE\s+/i, ''))}`
  }
}

function keyText(key: PrimaryKey | Unique): string {
  const columns = key.withoutOverlaps === true ? nameList(key.columns).replace(/\)$/, ' WITHOUT OVERLAPS)') : nameList(key.columns)
  return [
    columns,
    (key.include ?? []).length === 0 ? '' : `INCLUDE ${nameList(key.include ?? [])}`,
    (key.parameters ?? []).length === 0 ? '' : `WITH ${parameterList(key.parameters ?? [])}`,
  ].filter((part) => part !== '').join(' ')
}

const ACTIONS: { readonly [A in ReferenceAction]: string } = {
  'no action': '', restrict: 'RESTRICT', cascade: 'CASCADE', 'set null': 'SET NULL', 'set default': 'SET DEFAULT',
}

function foreignKeyText(key: ForeignKey): string {
  const period = (columns: readonly string[]): string => (key.period === true ? periodList(columns) : nameList(columns))
  const onDelete = ACTIONS[key.onDelete]
  return [
    `FOREIGN KEY ${period(key.columns)} REFERENCES ${qualified({ schema: key.references.schema, name: key.references.table })}`,
    key.references.columns.length === 0 ? '' : period(key.references.columns),
    key.match === undefined || key.match === 'simple' ? '' : `MATCH ${key.match.toUpperCase()}`,
    ACTIONS[key.onUpdate] === '' ? '' : `ON UPDATE ${ACTIONS[key.onUpdate]}`,
    onDelete === '' ? '' : `ON DELETE ${onDelete}${(key.setColumns ?? []).length === 0 ? '' : ` ${nameList(key.setColumns ?? [])}`}`,
  ].filter((part) => part !== '').join(' ')
}

function periodList(columns: readonly string[]): string {
  const quoted = columns.map(quoteName)
  return `(${[...quoted.slice(0, -1), `PERIOD ${quoted.at(-1) ?? ''}`].join(', ')})`
}
