import { q } from '../names.ts'
import type { Spec } from '../spec.ts'
import { attachedStatements } from './attached.ts'
import { restStatements } from './rest.ts'
import { VALUES, tableStatements } from './tables.ts'
import { typeStatements } from './types.ts'
import type { RealTable } from './world.ts'
import { makeWorld } from './world.ts'

/** A database of a description, written by hand and not by what is tested. */
export function statementsOf(spec: Spec, version: number): readonly string[] {
  const world = makeWorld(spec, version)
  return [...typeStatements(world), ...world.tables.flatMap((table) => tableStatements(world, table)), ...world.tables.flatMap((table) => attachedStatements(world, table)), ...restStatements(world)]
}

/** Two rows for every table, with the same keys everywhere, so that every foreign key finds its own. */
export function rowsOf(spec: Spec, version: number): readonly string[] {
  return ['SET session_replication_role = replica', ...makeWorld(spec, version).tables.filter(holdsBoth).map(rows), 'RESET session_replication_role']
}

/** False when a partition for one of the keys may be missing. */
const holdsBoth = ({ partitioned, kind, spec }: RealTable): boolean => !partitioned || (kind !== 'hash' && spec.partitions > 0)

function rows({ path, columns }: RealTable): string {
  const filled = columns.filter((column) => column.generated === 'no')
  const row = (at: 2 | 3): string => `(${[at - 1, ...filled.map((column) => VALUES[column.kind][at] ?? 'NULL')].join(', ')})`
  return `INSERT INTO ${path} (key${filled.map((column) => `, ${q(column.name)}`).join('')}) OVERRIDING SYSTEM VALUE VALUES ${row(2)}, ${row(3)}`
}
