import { literal } from '../literal.ts'
import { qualified } from './context.ts'
import type { AggregateRow, RoutineRow } from './rows.ts'

const MODIFIES = { r: 'READ_ONLY', s: 'SHAREABLE', w: 'READ_WRITE' } as const
const PARALLEL = { s: 'SAFE', r: 'RESTRICTED', u: null } as const

/** The CREATE AGGREGATE statement, which the server itself does not print. */
export function aggregateDefinition(routine: RoutineRow, row: AggregateRow): string {
  const options: (string | null)[] = [
    `SFUNC = ${row.sfunc}`,
    `STYPE = ${row.stype}`,
    row.sspace === 0 ? null : `SSPACE = ${row.sspace}`,
    option('FINALFUNC', row.finalfunc),
    row.finalExtra ? 'FINALFUNC_EXTRA' : null,
    row.finalfunc === null || row.finalModify === defaultModify(row) ? null : `FINALFUNC_MODIFY = ${MODIFIES[row.finalModify]}`,
    option('COMBINEFUNC', row.combine),
    option('SERIALFUNC', row.serial),
    option('DESERIALFUNC', row.deserial),
    row.init === null ? null : `INITCOND = ${literal(row.init).trim()}`,
    option('MSFUNC', row.msfunc),
    option('MINVFUNC', row.minvfunc),
    option('MSTYPE', row.mstype),
    row.msspace === 0 ? null : `MSSPACE = ${row.msspace}`,
    option('MFINALFUNC', row.mfinalfunc),
    row.mfinalExtra ? 'MFINALFUNC_EXTRA' : null,
    row.mfinalfunc === null || row.mfinalModify === defaultModify(row) ? null : `MFINALFUNC_MODIFY = ${MODIFIES[row.mfinalModify]}`,
    row.minit === null ? null : `MINITCOND = ${literal(row.minit).trim()}`,
    option('SORTOP', row.sortop),
    row.kind === 'h' ? 'HYPOTHETICAL' : null,
    option('PARALLEL', PARALLEL[row.parallel]),
  ]
  const listed = options.filter((text) => text !== null).map((text) => `    ${text}`).join(',\n')
  return `CREATE AGGREGATE ${qualified(routine)}(${row.arguments === '' ? '*' : row.arguments}) (\n${listed}\n)`
}

const option = (name: string, value: string | null): string | null => (value === null ? null : `${name} = ${value}`)

const defaultModify = (row: AggregateRow): 'r' | 'w' => (row.kind === 'n' ? 'r' : 'w')
