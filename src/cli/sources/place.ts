import type { Database } from '../../dialects/dialect.ts'
import { UsageError } from '../arguments.ts'
import type { Printer } from '../output.ts'
import type { DialectName } from './given.ts'
import type { Side, Sources } from './sources.ts'
import { nameOf } from './sources.ts'

/**
 * The database in whose words sources are put: the one that was named, the first side that is one, else an embedded one of the
 * kind that the sides speak of. A kind that nothing tells is taken to be PostgreSQL, and said so.
 */
export async function placeFor(sources: Sources, sides: readonly Side[], named: Database | null, dialect: DialectName | undefined, printer: Printer): Promise<Database> {
  const database = named ?? sides.map((side) => side.database).find((found) => found !== null)
  if (database !== null && database !== undefined) {
    if (dialect !== undefined && nameOf(database) !== dialect) throw new UsageError(`--dialect ${dialect} does not fit ${database.address}: leave it out`)
    return database
  }
  const told = dialect ?? sides.map((side) => side.dialect).find((found) => found !== null)
  if (told === undefined || told === null) printer.remark('Read as SQL of PostgreSQL; --dialect sqlite reads it as that of SQLite.')
  return sources.embedded(told ?? 'postgres', sides)
}
