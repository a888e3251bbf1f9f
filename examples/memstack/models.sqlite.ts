import { sql } from 'drizzle-orm'
import { check, customType, index, integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'

/** The types that the registry's entries name. */
const varchar = customType<{ data: string }>({ dataType: () => 'varchar' })

const id = () => text('id').primaryKey().$defaultFn(() => crypto.randomUUID())
const now = (name: string) => text(name).notNull().default(sql`CURRENT_TIMESTAMP`)

export const tenants = sqliteTable('tenants', {
  id: id(),
  slug: text('slug').notNull().unique(),
  name: text('name').notNull(),
  createdAt: now('created_at'),
})

export const users = sqliteTable('users', {
  id: id(),
  tenantId: text('tenant_id').notNull().references(() => tenants.id, { onDelete: 'cascade' }),
  email: text('email').notNull(),
  displayName: text('display_name'),
  createdAt: now('created_at'),
}, (t) => [
  unique('users_tenant_email').on(t.tenantId, t.email),
  check('users_email_shape', sql`${t.email} LIKE '%@%'`),
])

export const projects = sqliteTable('projects', {
  id: id(),
  tenantId: text('tenant_id').notNull().references(() => tenants.id, { onDelete: 'cascade' }),
  ownerId: text('owner_id').references(() => users.id, { onDelete: 'set null' }),
  name: text('name').notNull(),
  settings: text('settings', { mode: 'json' }).notNull().default({}),
  createdAt: now('created_at'),
}, (t) => [unique('projects_tenant_name').on(t.tenantId, t.name)])

/** New since the older database: a whole table. */
export const entityTypes = sqliteTable('entity_types', {
  id: id(),
  projectId: text('project_id').notNull().references(() => projects.id, { onDelete: 'cascade' }),
  name: text('name').notNull(),
  shape: text('shape', { mode: 'json' }).notNull().default({}),
  createdAt: now('created_at'),
}, (t) => [unique('entity_types_project_name').on(t.projectId, t.name)])

export const memories = sqliteTable('memories', {
  id: id(),
  projectId: text('project_id').notNull().references(() => projects.id, { onDelete: 'cascade' }),
  authorId: text('author_id').references(() => users.id, { onDelete: 'set null' }),
  content: text('content').notNull(),
  importance: integer('importance').notNull().default(5),
  meta: text('meta', { mode: 'json' }).notNull().default({}),
  createdAt: now('created_at'),
  updatedAt: now('updated_at'),
  deletedAt: text('deleted_at'),
  /** New: added by the registry. */
  taskId: varchar('task_id'),
}, (t) => [
  check('memories_importance_range', sql`${t.importance} BETWEEN 0 AND 10`),
  // New since the older database: an index over the memories that are not deleted.
  index('memories_live').on(t.projectId, sql`${t.createdAt} DESC`).where(sql`${t.deletedAt} IS NULL`),
])

export const taskLogs = sqliteTable('task_logs', {
  id: id(),
  taskId: varchar('task_id').notNull(),
  status: text('status', { enum: ['queued', 'running', 'done', 'failed'] }).notNull().default('queued'),
  createdAt: now('created_at'),
  /** New: added by the registry. */
  progress: integer('progress').default(0),
  result: text('result'),
  message: text('message'),
}, (t) => [
  index('task_logs_task').on(t.taskId),
  check('task_logs_status', sql`${t.status} IN ('queued', 'running', 'done', 'failed')`),
])
