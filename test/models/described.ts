import type { Database } from '../../src/dialects/dialect.ts'
import type { Table } from '../../src/schema/schema.ts'

export interface DescribedOptions {
  /** False: the names of constraints and indexes are left out. */
  readonly names?: boolean
  /** False: columns are compared without their order. */
  readonly order?: boolean
}

/** What a database holds, without ledgers of migration tools: to compare what a library makes with what we make. */
export async function described(database: Database, schemas: readonly string[], options: DescribedOptions = {}): Promise<object> {
  const schema = await database.read({ schemas })
  await database.close()
  const isLedger = (name: string): boolean => name.startsWith('trueup_') || name === 'typeorm_metadata'
  return {
    ...schema, covers: [], unmanaged: [],
    sequence: schema.sequence.filter((one) => !isLedger(one.name)),
    table: schema.table.filter((table) => !isLedger(table.name)).map((table) => plain(table, options)),
  }
}

function plain({ statement: _statement, ...table }: Table, { names = true, order = true }: DescribedOptions): object {
  const columns = order ? table.columns : [...table.columns].sort((a, b) => (a.name < b.name ? -1 : 1))
  if (names) return { ...table, columns }
  const nameless = (list: readonly { readonly name: string; readonly named?: boolean }[]): readonly string[] => list.map(({ name: _name, named: _named, ...rest }) => JSON.stringify(rest)).sort()
  return { ...table, columns, constraints: nameless(table.constraints), indexes: nameless(table.indexes) }
}
