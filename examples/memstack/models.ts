import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgEnum, pgTable, text, timestamp, unique, uuid, varchar } from 'drizzle-orm/pg-core'

const now = (name: string) => timestamp(name, { withTimezone: true }).notNull().defaultNow()

export const taskStatus = pgEnum('task_status', ['queued', 'running', 'done', 'failed'])

export const tenants = pgTable('tenants', {
  id: uuid('id').primaryKey().defaultRandom(),
  slug: text('slug').notNull().unique(),
  name: text('name').notNull(),
  createdAt: now('created_at'),
})

export const users = pgTable('users', {
  id: uuid('id').primaryKey().defaultRandom(),
  tenantId: uuid('tenant_id').notNull().references(() => tenants.id, { onDelete: 'cascade' }),
  email: varchar('email', { length: 320 }).notNull(),
  displayName: text('display_name'),
  createdAt: now('created_at'),
}, (t) => [
  unique('users_tenant_email').on(t.tenantId, t.email),
  check('users_email_shape', sql`${t.email} LIKE '%@%'`),
])

export const projects = pgTable('projects', {
  id: uuid('id').primaryKey().defaultRandom(),
  tenantId: uuid('tenant_id').notNull().references(() => tenants.id, { onDelete: 'cascade' }),
  ownerId: uuid('owner_id').references(() => users.id, { onDelete: 'set null' }),
  name: text('name').notNull(),
  settings: jsonb('settings').notNull().default({}),
  createdAt: now('created_at'),
}, (t) => [unique('projects_tenant_name').on(t.tenantId, t.name)])

/** New since the older database: a whole table. */
export const entityTypes = pgTable('entity_types', {
  id: uuid('id').primaryKey().defaultRandom(),
  projectId: uuid('project_id').notNull().references(() => projects.id, { onDelete: 'cascade' }),
  name: text('name').notNull(),
  shape: jsonb('shape').notNull().default({}),
  createdAt: now('created_at'),
}, (t) => [unique('entity_types_project_name').on(t.projectId, t.name)])

export const memories = pgTable('memories', {
  id: uuid('id').primaryKey().defaultRandom(),
  projectId: uuid('project_id').notNull().references(() => projects.id, { onDelete: 'cascade' }),
  authorId: uuid('author_id').references(() => users.id, { onDelete: 'set null' }),
  content: text('content').notNull(),
  importance: integer('importance').notNull().default(5),
  meta: jsonb('meta').notNull().default({}),
  createdAt: now('created_at'),
  updatedAt: now('updated_at'),
  deletedAt: timestamp('deleted_at', { withTimezone: true }),
  /** New: added by the registry. */
  taskId: varchar('task_id'),
}, (t) => [
  check('memories_importance_range', sql`${t.importance} BETWEEN 0 AND 10`),
  // New since the older database: an index over the memories that are not deleted.
  index('memories_live').on(t.projectId, t.createdAt.desc()).where(sql`${t.deletedAt} IS NULL`),
])

export const taskLogs = pgTable('task_logs', {
  id: uuid('id').primaryKey().defaultRandom(),
  taskId: varchar('task_id').notNull(),
  status: taskStatus('status').notNull().default('queued'),
  createdAt: now('created_at'),
  /** New: added by the registry. */
  progress: integer('progress').default(0),
  result: text('result'),
  message: text('message'),
}, (t) => [index('task_logs_task').on(t.taskId)])
