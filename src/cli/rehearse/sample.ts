import type { Session } from '../../dialects/dialect.ts'
import { quote, text } from './names.ts'
import type { Reference, SampledTable } from './sample-catalogue.ts'
import { readCatalogue } from './sample-catalogue.ts'

export interface SampleRequest {
  /** In a transaction that sees one moment. */
  readonly from: Session
  /** Holds the tables, without foreign keys and triggers. */
  readonly to: Session
  /** Rows of each table. */
  readonly rows: number
  /** Tables that are copied whole, by `schema.table`. */
  readonly whole: ReadonlySet<string>
  readonly signal: AbortSignal
}

/** What makes every value's text the same on both sides, and complete. */
export const EXACT = ["SET LOCAL DateStyle = 'ISO, YMD'", "SET LOCAL IntervalStyle = 'postgres'", "SET LOCAL TimeZone = 'UTC'", 'SET LOCAL extra_float_digits = 3', "SET LOCAL bytea_output = 'hex'", "SET LOCAL lc_monetary = 'C'", "SET LOCAL xmloption = 'content'"]

interface Row {
  /** Where it lies: partition and place. */
  readonly id: string
  /** As a literal of its table's type. */
  readonly record: string
}

/** Rows whose references are followed in one question. */
const CHUNK = 500

/**
 * Copies so many rows of each table and all that they reference, over as many steps and round as many circles as it takes.
 *
 * @returns how many rows were copied
 */
export async function copySample(request: SampleRequest): Promise<number> {
  const { from, to, rows, whole, signal } = request
  const catalogue = await readCatalogue(from)
  const tables = new Map(catalogue.tables.map((table) => [table.id, table]))
  const taken = new Map(catalogue.tables.map((table) => [table.id, new Set<string>()]))
  const open: { readonly table: SampledTable; readonly ids: readonly string[] }[] = []
  const take = async (table: SampledTable, found: readonly Row[]): Promise<void> => {
    const known = taken.get(table.id) ?? new Set<string>()
    const fresh = [...new Map(found.map((row) => [row.id, row])).values()].filter((row) => !known.has(row.id))
    for (const { id } of fresh) known.add(id)
    for (let at = 0; at < fresh.length; at += CHUNK) {
      const part = fresh.slice(at, at + CHUNK)
      await insert(to, table, part)
      open.push({ table, ids: part.map(({ id }) => id) })
    }
  }
  for (const table of catalogue.tables) {
    signal.throwIfAborted()
    const limit = whole.has(`${table.schema}.${table.name}`) ? null : rows
    if (limit !== 0) await take(table, await sampleOf(from, table, limit))
  }
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    signal.throwIfAborted()
    for (const reference of catalogue.references.filter((one) => one.from === next?.table.id)) {
      const target = tables.get(reference.to)
      if (target !== undefined) await take(target, await referenced(from, next.table, target, reference, next.ids))
    }
  }
  for (const { schema, name, last } of catalogue.sequences) await to.query(`SELECT pg_catalog.setval(${text(`${quote(schema)}.${quote(name)}`)}, ${BigInt(last)})`)
  return [...taken.values()].reduce((sum, ids) => sum + ids.size, 0)
}

const path = ({ schema, name }: SampledTable): string => `${quote(schema)}.${quote(name)}`
/** A foreign key means a table itself, not what inherits from it; a partitioned one holds its rows in its partitions. */
const fromClause = (table: SampledTable): string => `${table.partitioned ? '' : 'ONLY '}${path(table)}`
const columnsOf = (alias: string): string => `${alias}.tableoid::oid::text || ' ' || ${alias}.ctid::text AS id, (${alias}.*)::text AS record`

/** From all over the table where it is large, so that not only its oldest rows are seen. */
async function sampleOf(session: Session, table: SampledTable, limit: number | null): Promise<readonly Row[]> {
  const query = (sampled: string): Promise<readonly Row[]> => rowsOf(session, `SELECT ${columnsOf('t')} FROM ${fromClause(table)} AS t${sampled}${limit === null ? '' : ` LIMIT ${limit}`}`)
  if (limit === null || table.rows < limit * 10) return query('')
  const percent = Math.min(100, (150 * limit) / table.rows)
  const spread = await query(` TABLESAMPLE SYSTEM (${percent.toFixed(6)}) REPEATABLE (1)`)
  return spread.length >= limit / 2 ? spread : query('')
}

async function referenced(session: Session, table: SampledTable, target: SampledTable, { pairs }: Reference, ids: readonly string[]): Promise<readonly Row[]> {
  const byPart = new Map<string, string[]>()
  for (const id of ids) {
    const [part = '', place = ''] = id.split(' ')
    byPart.set(part, [...(byPart.get(part) ?? []), place])
  }
  const equal = pairs.map(({ column, references, operator }) => `r.${quote(references)} ${operator} t.${quote(column)}`).join(' AND ')
  const found: Row[] = []
  for (const [part, places] of byPart) {
    const list = places.map((place) => `"${place}"`).join(',')
    found.push(...(await rowsOf(session, `SELECT ${columnsOf('r')} FROM ${fromClause(table)} AS t JOIN ${fromClause(target)} AS r ON ${equal} WHERE t.tableoid = ${BigInt(part)}::oid AND t.ctid = ANY ('{${list}}'::tid[])`)))
  }
  return found
}

// Both columns are texts.
const rowsOf = async (session: Session, query: string): Promise<readonly Row[]> => (await session.query(query)).map((row) => ({ id: String(row['id']), record: String(row['record']) }))

/** Every value comes back by its own type's reader. */
async function insert(session: Session, table: SampledTable, rows: readonly Row[]): Promise<void> {
  const values = rows.map(({ record }) => `(${text(record)}::${path(table)})`).join(', ')
  const [columns, fields] = [table.columns.map(quote).join(', '), table.columns.map((column) => `(v.r).${quote(column)}`).join(', ')]
  if (table.columns.length === 0) await session.execute(`INSERT INTO ${path(table)} SELECT FROM generate_series(1, ${rows.length})`)
  else await session.execute(`INSERT INTO ${path(table)} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${fields} FROM (VALUES ${values}) AS v (r)`)
}
