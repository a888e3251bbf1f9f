import type { Index, IndexKey, Named } from '../../../schema/schema.ts'
import { stable } from './expression.ts'
import { nameList, parameterList, qualified, quoteName } from './names.ts'

/** `CREATE INDEX …`. */
export function indexText(index: Index, table: Named, options: { readonly concurrently?: boolean } = {}): string {
  return [
    `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX${options.concurrently === true ? ' CONCURRENTLY' : ''} ${quoteName(index.name)} ON ${qualified(table)}`,
    `USING ${quoteName(index.method)} (${index.keys.map(keyText).join(', ')})`,
    (index.include ?? []).length === 0 ? '' : `INCLUDE ${nameList(index.include ?? [])}`,
    index.nullsNotDistinct === true ? 'NULLS NOT DISTINCT' : '',
    (index.parameters ?? []).length === 0 ? '' : `WITH ${parameterList(index.parameters ?? [])}`,
    index.tablespace == null ? '' : `TABLESPACE ${quoteName(index.tablespace)}`,
    index.where === null ? '' : `WHERE ${stable(index.where)}`,
  ].filter((part) => part !== '').join(' ')
}

function keyText(key: IndexKey): string {
  const usual = key.order === 'asc' ? 'last' : 'first'
  return [
    key.column === null ? wrapped(key.expression ?? '') : quoteName(key.column),
    key.collation == null ? '' : `COLLATE ${key.collation}`,
    key.opclass == null ? '' : key.opclass,
    key.order === 'desc' ? 'DESC' : '',
    key.nulls === usual ? '' : `NULLS ${key.nulls.toUpperCase()}`,
  ].filter((part) => part !== '').join(' ')
}

/** Parentheses are optional only around a function call; one pair more does no harm. */
const wrapped = (expression: string): string => `(${stable(expression)})`
