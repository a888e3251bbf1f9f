import type { LedgerNames, LedgerStyle } from '../dialects/dialect.ts'
import type { Column, Schema, Table } from '../schema/schema.ts'
import { makeSchema } from '../schema/schema.ts'

/** The ledger's tables of one application. `namespace` keeps several applications in one schema apart. */
export function ledgerNames(schema: string, namespace?: string): LedgerNames {
  const prefix = namespace === undefined || namespace === '' ? 'trueup' : `trueup_${namespace}`
  return { schema, state: `${prefix}_state`, runs: `${prefix}_runs`, entries: `${prefix}_entries`, steps: `${prefix}_steps`, pairs: `${prefix}_pairs` }
}

export const ledgerTableNames = (names: LedgerNames): readonly string[] => [names.state, names.runs, names.entries, names.steps, names.pairs]

/** The version of the ledger's own layout. */
export const LEDGER_FORMAT = '1'

/** The key in the state table under which the reason stands for which the last start gave up waiting for a table; empty when a later one went through. */
export const PARKED = 'parked'

/** The ledger, described like any other schema and rendered by the same renderers. */
export function ledgerSchema(names: LedgerNames, style: LedgerStyle): Schema {
  const { text, integer, timestamp } = style.types
  const table = (name: string, key: readonly string[], columns: readonly Column[]): Table => ({
    schema: names.schema,
    name,
    columns,
    constraints: [{ type: 'primaryKey', name: `${name}_pkey`, named: false, columns: key }],
    indexes: [],
  })
  const must = (name: string, type: string): Column => ({ name, type, notNull: true, default: null })
  const may = (name: string, type: string): Column => ({ name, type, notNull: false, default: null })
  return makeSchema({
    covers: ['table', 'column'],
    table: [
      table(names.state, ['key'], [must('key', text), must('value', text)]),
      table(names.pairs, ['fingerprint', 'digest'], [must('fingerprint', text), must('digest', text), must('at', timestamp)]),
      table(names.runs, ['id'], [
        must('id', text), must('command', text), must('started', timestamp), may('finished', timestamp), must('outcome', text), may('error', text),
        must('application', text), must('environment', text), must('build', text), must('version', text), must('db_user', text), must('host', text), must('entries', text),
      ]),
      table(names.entries, ['id'], [
        must('id', text), must('kind', text), must('state', text), must('checksum', text), must('compatible', integer), may('down', text), may('progress', text),
        must('rows', integer), must('run', text), must('at', timestamp), may('error', text), may('description', text),
      ]),
      table(names.steps, ['run', 'seq'], [
        must('run', text), must('seq', integer), may('entry', text), must('title', text), must('phase', text), must('class', text), must('sql', text), must('rows', integer),
        must('started', timestamp), may('finished', timestamp), must('lock_wait', integer), must('attempts', integer), must('outcome', text), may('error', text),
      ]),
    ],
  })
}
