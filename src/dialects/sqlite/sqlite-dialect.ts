import type { Dialect, RenderContext } from '../dialect.ts'
import type { AlterOperation } from '../../operations/operation.ts'
import type { Kind, Schema, Table } from '../../schema/schema.ts'
import type { Catalogue } from './catalogue.ts'
import { affinityOf, canonicalType } from './canonical.ts'
import { catalogueQuery } from './catalogue.ts'
import { defaultLiteral } from './defaults.ts'
import { failureOf } from './failures.ts'
import { describeCatalogue } from './introspect.ts'
import { backfill } from './backfill.ts'
import { ledger } from './ledger.ts'
import { lock } from './lock.ts'
import { sqliteWriter } from './names.ts'
import { loadText, normalise } from './normalise.ts'
import { probe } from './probe.ts'
import { rehearsal } from './rehearsal.ts'
import { renderers } from './renderers.ts'
import { examine, missingRights } from './rights.ts'
import { blame } from './blame.ts'
import { run } from './run.ts'

/** SQLite 3.37 and later. */
export const sqliteDialect: Dialect = {
  name: 'sqlite',
  title: 'SQLite',
  capabilities: { transactionalDdl: true, schemas: false, inlineForeignKeys: true, addConstraints: false, concurrentSessions: false },
  writer: sqliteWriter,
  defaultLiteral,
  renderers,
  alterable,
  probe,
  introspect: async (session, scope) => {
    const catalogue = await session.json<Catalogue>(catalogueQuery())
    return describeCatalogue(catalogue ?? { objects: [], columns: [], shadows: null }, scope)
  },
  complete,
  normalise,
  loadText,
  lock,
  ledger,
  backfill,
  run,
  blame,
  missingRights,
  equivalentTypes: (a, b) => affinityOf(a) === affinityOf(b),
  failure: failureOf,
  rehearsal,
  examine,
}

/** A table changes in place or by a rebuild, an index, view or trigger within one transaction; a virtual table only anew. */
function alterable(operation: AlterOperation<Kind>, _context: RenderContext): boolean {
  return !(operation.kind === 'table' && operation.fields.includes('virtual'))
}

/** SQLite has one schema that matters; types are folded to one spelling. */
function complete(declared: Schema): Schema {
  const inMain = <T extends { readonly schema: string }>(object: T): T => ({ ...object, schema: 'main' })
  const completeTable = (table: Table): Table => ({
    ...inMain(table),
    columns: table.columns.map((column) => ({ ...column, type: canonicalType(column.type) })),
    constraints: table.constraints.map((constraint) => (constraint.type === 'foreignKey' ? { ...constraint, references: { ...constraint.references, schema: 'main' } } : constraint)),
  })
  return { ...declared, table: declared.table.map(completeTable), view: declared.view.map(inMain) }
}
