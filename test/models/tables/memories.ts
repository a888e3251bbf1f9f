import { sql } from '../../../src/sql.ts'
import type { ColumnName } from '../../../src/models/tables/tables.ts'
import { check, column, enumType, foreignKey, index, primaryKey, table, unique } from '../../../src/models/tables/tables.ts'

export const role = enumType('role', ['owner', 'member', "guest's"])

export const users = table('users', {
  id: column('bigint').identity().primaryKey(),
  email: column('varchar(320)').notNull().unique(),
  role: column(role).notNull().default('member'),
  tags: column('text[]').notNull().default(sql`'{}'`),
  settings: column('jsonb').as<{ readonly theme: string }>().notNull().default({ theme: "O'Reilly" }),
  boss: column('bigint').references((): ColumnName => users.id, { onDelete: 'set null' }),
  created_at: column('timestamptz').notNull().default(sql`now()`),
}, (t) => [index([{ on: sql`lower(${t.email})`, opclass: 'text_pattern_ops' }], { name: 'users by mail' }), check('mail has an at', sql`${t.email} LIKE ${'%@%'}`)], { comment: 'Who may enter' })

export const projects = table('projects', {
  id: column('uuid').primaryKey().default(sql`gen_random_uuid()`),
  owner: column('bigint').notNull().references(() => users.id, { onDelete: 'cascade', name: 'project owner' }),
  slug: column('text').notNull(),
}, (t) => [unique([t.owner, t.slug])])

export const memories = table('memories', {
  id: column('uuid').primaryKey().default(sql`gen_random_uuid()`),
  user_id: column('bigint').notNull(),
  content: column('text').notNull().comment('As it was said'),
  meta: column('jsonb'),
  importance: column('integer').notNull().default(-1),
  price: column('numeric(10, 2)').default('1.50'),
  size: column('integer').generated(sql`length(content)`),
  deleted_at: column('timestamptz(3)'),
}, (t) => [
  foreignKey([t.user_id], () => [users.id], { onDelete: 'cascade' }),
  index([t.user_id, { on: t.importance, order: 'desc' }], { where: sql`${t.deleted_at} IS NULL` }),
  index([{ on: t.meta, opclass: 'jsonb_path_ops' }], { method: 'gin' }),
  unique([t.content, t.importance], { nullsNotDistinct: false }),
])

export const task_logs = table('task_logs', {
  memory: column('uuid').notNull().references(() => memories.id),
  seq: column('bigint').notNull(),
  note: column('text').collate('C'),
}, (t) => [primaryKey([t.memory, t.seq], { name: 'log key' })], { schema: 'audit' })
