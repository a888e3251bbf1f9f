/** The migration tools whose ledgers are known. */
export const TOOL_IDS = ['prisma', 'drizzle', 'knex', 'kysely', 'typeorm', 'node-pg-migrate', 'sequelize', 'mikro-orm', 'alembic', 'flyway', 'liquibase', 'rails', 'django', 'goose', 'golang-migrate', 'atlas'] as const
export type ToolId = (typeof TOOL_IDS)[number]

/** One table of a tool: recognised by all its columns and nothing more, and by its name where the columns alone say too little. */
export interface LedgerTable {
  readonly columns: readonly string[]
  /** Columns that only some versions of the tool add. */
  readonly later?: readonly string[]
  /** Left out where no other program has such columns. */
  readonly name?: RegExp
}

/** How the ledger of one tool looks and how it is read. Names of columns, never whole SQL. */
export interface Tool {
  readonly title: string
  readonly ledger: LedgerTable
  /** Further tables beside the ledger, such as the lock. */
  readonly beside?: readonly (LedgerTable & { readonly lock?: string })[]
  /** The column that names a migration. */
  readonly id: string
  /** Used instead of `id` where the ledger has it. */
  readonly betterId?: string
  /** Columns that tell which came last, most significant first. */
  readonly order: readonly string[]
  /** Rows that did not come to their end, and rows that do not count. */
  readonly open?: (name: (column: string) => string) => string
  readonly undone?: (name: (column: string) => string) => string
  /** True when there is a row for the present version only, so that rows tell no number of migrations. */
  readonly headOnly?: boolean
  /** Stops running it: what to take out of a deployment. */
  readonly command: string
}

/** A name that the team chose usually says what the table is; one that does not is theirs. */
const SAYS_MIGRATION = /migration/i

/**
 * Layouts as the tools themselves create them: Prisma 2 to 7, drizzle-orm 0.2x and 1.0, Knex 0.x to 3, Kysely 0.2x, TypeORM 0.2 to
 * 1, node-pg-migrate 2 to 8, Umzug 2 and 3, MikroORM 4 to 7, Alembic, Flyway 5 and later,
 * Liquibase 3 and later, Rails 5 and later, Django, Goose 3, golang-migrate 4, Atlas.
 */
export const TOOLS: { readonly [I in ToolId]: Tool } = {
  prisma: {
    title: 'Prisma Migrate',
    ledger: { columns: ['id', 'checksum', 'finished_at', 'migration_name', 'logs', 'rolled_back_at', 'started_at', 'applied_steps_count'] },
    id: 'migration_name', order: ['started_at', 'migration_name'],
    open: (name) => `${name('finished_at')} IS NULL AND ${name('rolled_back_at')} IS NULL`,
    undone: (name) => `${name('rolled_back_at')} IS NOT NULL`,
    command: 'prisma migrate deploy',
  },
  drizzle: {
    title: 'drizzle-kit',
    ledger: { columns: ['id', 'hash', 'created_at'], later: ['name', 'applied_at'], name: SAYS_MIGRATION },
    id: 'hash', betterId: 'name', order: ['created_at', 'id'], command: 'drizzle-kit migrate, and migrate() of drizzle-orm',
  },
  knex: {
    title: 'Knex',
    ledger: { columns: ['id', 'name', 'batch', 'migration_time'] },
    beside: [{ columns: ['index', 'is_locked'], name: /migrations?_?lock$/i, lock: 'is_locked' }],
    id: 'name', order: ['id'], command: 'knex migrate:latest',
  },
  kysely: {
    title: 'Kysely',
    ledger: { columns: ['name', 'timestamp'], name: SAYS_MIGRATION },
    // Its lock is held in the session; the row only gives it something to hold.
    beside: [{ columns: ['id', 'is_locked'], name: /migrations?_?lock$/i }],
    id: 'name', order: ['timestamp', 'name'], command: 'migrateToLatest() of Kysely',
  },
  typeorm: {
    title: 'TypeORM',
    ledger: { columns: ['id', 'timestamp', 'name'], name: SAYS_MIGRATION },
    beside: [{ columns: ['type', 'database', 'schema', 'table', 'name', 'value'], name: /^typeorm_metadata$|metadata/i }],
    id: 'name', order: ['id'], command: 'typeorm migration:run, migrationsRun and synchronize',
  },
  'node-pg-migrate': {
    title: 'node-pg-migrate', ledger: { columns: ['id', 'name', 'run_on'], name: SAYS_MIGRATION },
    id: 'name', order: ['run_on', 'id'], command: 'node-pg-migrate up',
  },
  sequelize: {
    title: 'Umzug (Sequelize)',
    ledger: { columns: ['name'], later: ['createdAt', 'updatedAt'], name: /^sequelize_?(meta|data)$|migration|umzug/i },
    id: 'name', order: ['name'], command: 'sequelize-cli db:migrate, and umzug.up()',
  },
  'mikro-orm': {
    title: 'MikroORM', ledger: { columns: ['id', 'name', 'executed_at'], name: SAYS_MIGRATION },
    id: 'name', order: ['id'], command: 'mikro-orm migration:up',
  },
  alembic: {
    title: 'Alembic', ledger: { columns: ['version_num'] },
    id: 'version_num', order: ['version_num'], headOnly: true, command: 'alembic upgrade head',
  },
  flyway: {
    title: 'Flyway',
    ledger: { columns: ['installed_rank', 'version', 'description', 'type', 'script', 'checksum', 'installed_by', 'installed_on', 'execution_time', 'success'] },
    id: 'script', order: ['installed_rank'],
    open: (name) => `NOT ${name('success')}`,
    // Rows that Flyway writes about its schemas, not about a migration.
    undone: (name) => `${name('type')} = 'SCHEMA'`,
    command: 'flyway migrate',
  },
  liquibase: {
    title: 'Liquibase',
    ledger: { columns: ['id', 'author', 'filename', 'dateexecuted', 'orderexecuted', 'exectype', 'md5sum', 'description', 'comments', 'tag', 'liquibase'], later: ['contexts', 'labels', 'deployment_id'] },
    beside: [{ columns: ['id', 'locked', 'lockgranted', 'lockedby'], name: /changeloglock$/i }],
    id: 'id', order: ['orderexecuted', 'dateexecuted'], command: 'liquibase update',
  },
  rails: {
    title: 'Rails or dbmate',
    ledger: { columns: ['version'], name: /^schema_migrations?$/ },
    beside: [{ columns: ['key', 'value', 'created_at', 'updated_at'], name: /^ar_internal_metadata$/ }],
    id: 'version', order: ['version'], command: 'rails db:migrate, and dbmate up',
  },
  django: { title: 'Django', ledger: { columns: ['id', 'app', 'name', 'applied'], name: SAYS_MIGRATION }, id: 'name', order: ['id'], command: 'manage.py migrate' },
  goose: {
    title: 'Goose', ledger: { columns: ['id', 'version_id', 'is_applied', 'tstamp'] }, id: 'version_id', order: ['id'],
    // Its first row says that there is a ledger.
    undone: (name) => `(NOT ${name('is_applied')} OR ${name('version_id')} = 0)`,
    command: 'goose up',
  },
  'golang-migrate': {
    title: 'golang-migrate', ledger: { columns: ['version', 'dirty'] }, id: 'version', order: ['version'], headOnly: true,
    open: (name) => name('dirty'), command: 'migrate up',
  },
  atlas: {
    title: 'Atlas',
    ledger: { columns: ['version', 'description', 'type', 'applied', 'total', 'executed_at', 'execution_time', 'error', 'hash', 'partial_hashes', 'operator_version'], later: ['error_stmt'] },
    id: 'version', order: ['version'],
    open: (name) => `coalesce(${name('error')}, '') <> ''`,
    // Rows that Atlas writes about itself.
    undone: (name) => `${name('version')} LIKE '.%'`,
    command: 'atlas migrate apply',
  },
}

/** Schemas in which a tool keeps its ledger by default, and which no model names. */
export const LEDGER_SCHEMAS: readonly string[] = ['drizzle', 'atlas_schema_revisions']
