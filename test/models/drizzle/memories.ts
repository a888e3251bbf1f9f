import type * as PgCore from 'drizzle-orm/pg-core'
import type { sql as Sql } from 'drizzle-orm'

/** The parts of drizzle-orm/pg-core that the models use. Both versions have them; their types do not agree, so 1.0's are taken as 0.45's. */
export type Pg = Pick<
  typeof PgCore,
  | 'pgTable' | 'pgEnum' | 'pgSchema' | 'pgSequence' | 'pgView' | 'pgMaterializedView' | 'pgPolicy' | 'pgRole' | 'index' | 'uniqueIndex' | 'unique' | 'check'
  | 'primaryKey' | 'foreignKey' | 'text' | 'integer' | 'uuid' | 'jsonb' | 'timestamp' | 'boolean' | 'bigint' | 'varchar' | 'numeric' | 'serial'
>

/** The same application in whichever version of Drizzle is given. */
export function memoriesModels(pg: Pg, sql: typeof Sql) {
  const role = pg.pgEnum('role', ['owner', 'member', "guest's"])
  const audit = pg.pgSchema('audit')
  const users = pg.pgTable('users', {
    id: pg.serial('id').primaryKey(),
    email: pg.varchar('email', { length: 255 }).notNull().unique(),
    role: role('role').notNull().default('member'),
    secret: pg.text('secret').$defaultFn(() => 'made by the application'),
    createdAt: pg.timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  }, (t) => [
    pg.index('users_email_lower').on(sql`lower(${t.email}) text_pattern_ops`),
    pg.check('users_email_shape', sql`${t.email} like ${'%@%'}`),
  ])
  const memories = pg.pgTable('memories', {
    id: pg.uuid('id').primaryKey().defaultRandom(),
    userId: pg.integer('user_id').notNull().references(() => users.id, { onDelete: 'cascade' }),
    content: pg.text('content').notNull(),
    meta: pg.jsonb('meta').notNull().default({ source: "O'Reilly" }),
    importance: pg.integer('importance').notNull().default(-1),
    price: pg.numeric('price', { precision: 10, scale: 2 }).default('1.50'),
    archived: pg.boolean('archived').notNull().default(false),
    size: pg.integer('size').generatedAlwaysAs(sql`length(content)`),
    deletedAt: pg.timestamp('deleted_at', { withTimezone: true, precision: 3 }),
  }, (t) => [
    pg.index('memories_live').on(t.userId, t.importance.desc()).where(sql`${t.deletedAt} is null and ${t.importance} > ${-3}`),
    pg.index('memories_meta').using('gin', t.meta.op('jsonb_path_ops')).with({ fastupdate: false }).concurrently(),
    pg.unique('memories_once').on(t.userId, t.content).nullsNotDistinct(),
    pg.unique().on(t.content, t.importance),
    pg.pgPolicy('memories_own', { for: 'select', to: pg.pgRole('reader'), using: sql`${t.userId} = 1` }),
  ])
  const log = audit.table('log', {
    memory: pg.uuid('memory').notNull(),
    seq: pg.bigint('seq', { mode: 'number' }).generatedAlwaysAsIdentity({ startWith: 100 }),
    note: pg.text('note'),
  }, (t) => [
    pg.primaryKey({ columns: [t.memory, t.seq], name: 'log_key' }),
    pg.foreignKey({ columns: [t.memory], foreignColumns: [memories.id], name: 'log_memory' }).onDelete('restrict'),
  ])
  const live = pg.pgView('live').with({ securityInvoker: true }).as((qb) => qb.select({ id: memories.id, content: memories.content }).from(memories).where(sql`${memories.importance} > ${5}`))
  const totals = pg.pgMaterializedView('totals', { count: pg.integer('count') }).as(sql`select count(*)::int as count from ${memories}`)
  const old = pg.pgView('somebody_elses', { id: pg.integer('id') }).existing()
  const numbers = pg.pgSequence('numbers', { startWith: 10, increment: 5 })
  return { role, audit, users, memories, log, live, totals, old, numbers }
}
