import type { sql as Sql } from 'drizzle-orm'
import type * as SqliteCore from 'drizzle-orm/sqlite-core'

/** As many tables as told, with all that Drizzle can say of SQLite. What drizzle-kit breaks (values that are bound in checks and conditions) is written as SQL. */
export function largeSqliteModels(sqlite: typeof SqliteCore, sql: typeof Sql, count: number): Readonly<Record<string, object>> {
  const tables: SqliteCore.SQLiteTableWithColumns<SqliteCore.TableConfig>[] = []
  // The tables are made by the loop below, before any reference is followed.
  const columnOf = (n: number, key: string): SqliteCore.AnySQLiteColumn => Reflect.get(tables[n % count] ?? {}, key) as SqliteCore.AnySQLiteColumn
  const keyOf = (n: number) => (n % 3 === 0 ? sqlite.integer('id').primaryKey({ autoIncrement: true }) : n % 3 === 1 ? sqlite.integer('id').primaryKey() : sqlite.text('id').primaryKey())
  const reference = (name: string, n: number) => ((n % count) % 3 === 2 ? sqlite.text(name) : sqlite.integer(name))
  for (let n = 0; n < count; n++) {
    tables.push(sqlite.sqliteTable(n % 6 === 5 ? `Large table ${n}` : `large_${n}`, {
      id: keyOf(n),
      parent: reference('parent_id', n).references(() => columnOf(n, 'id'), { onDelete: 'set null' }),
      next: reference('nextId', n + 1).references(() => columnOf(n + 1, 'id'), { onDelete: 'cascade', onUpdate: 'restrict' }),
      label: sqlite.text('label', { length: n + 10 }).notNull().default(`label's ${n}`).unique(),
      state: sqlite.text('state', { enum: ['new', 'old'] }).notNull().default('new'), small: sqlite.integer('small').default(n), flag: sqlite.integer('flag', { mode: 'boolean' }).notNull().default(n % 2 === 0),
      seen: sqlite.integer('seen', { mode: 'timestamp' }), at: sqlite.integer('at', { mode: 'timestamp_ms' }).default(sql`(unixepoch() * 1000)`), day: sqlite.text('day').default(sql`CURRENT_DATE`),
      real: sqlite.real('real').default(1.5), amount: sqlite.numeric('amount'), raw: sqlite.blob('raw', { mode: 'buffer' }), big: sqlite.blob('big', { mode: 'bigint' }),
      meta: sqlite.text('meta', { mode: 'json' }).$defaultFn(() => ({})), made: sqlite.text('made').generatedAlwaysAs(sql`upper("label")`), kept: sqlite.integer('kept').generatedAlwaysAs(sql`length("label")`, { mode: 'stored' }),
    }, (t) => [
      sqlite.index(`large_${n}_flag`).on(t.flag, t.at), sqlite.uniqueIndex(`large_${n}_unique`).on(t.small, t.state), sqlite.index(`large_${n}_part`).on(t.label).where(sql`${t.small} > 3`),
      sqlite.index(`large_${n}_lower`).on(sql`lower("label")`), sqlite.unique().on(t.small, t.day), sqlite.unique(`large ${n} known`).on(t.real, t.amount), sqlite.check(`checked ${n}`, sql`"small" between 0 and 1000`),
    ]) as unknown as SqliteCore.SQLiteTableWithColumns<SqliteCore.TableConfig>)
  }
  const links = sqlite.sqliteTable('links', { from: sqlite.integer('from').notNull(), to: sqlite.integer('to').notNull(), kind: sqlite.text('kind').notNull() }, (t) => [sqlite.primaryKey({ columns: [t.from, t.to] })])
  const steps = sqlite.sqliteTable('steps', { a: sqlite.integer('a'), b: sqlite.integer('b'), n: sqlite.integer('n').notNull() }, (t) => [
    sqlite.primaryKey({ name: 'steps key', columns: [t.n, t.a] }), sqlite.foreignKey({ name: 'steps_links', columns: [t.a, t.b], foreignColumns: [links.from, links.to] }).onDelete('cascade'),
  ])
  const seen = sqlite.sqliteView('seen').as((qb) => qb.select({ from: links.from, kind: links.kind }).from(links).where(sql`${links.to} > 5`))
  return { ...Object.fromEntries(tables.map((table, n) => [`table${n}`, table])), links, steps, seen }
}
