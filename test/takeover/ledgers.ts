/** A ledger as its tool makes it, with a history in it. */
export interface LedgerCase {
  readonly tool: string
  readonly table: string
  readonly statements: readonly string[]
  readonly expected: { readonly migrations: number | null; readonly last: string; readonly unfinished?: readonly string[]; readonly locked?: boolean }
  /** One more migration, as the tool would record it. */
  readonly more: string
}

/** The layouts that the tools create on PostgreSQL and on SQLite. node-pg-migrate only knows PostgreSQL; there its table is left out. */
export function ledgerCases(dialect: 'postgres' | 'sqlite'): readonly LedgerCase[] {
  const pg = dialect === 'postgres'
  const serial = pg ? 'serial PRIMARY KEY' : 'integer NOT NULL PRIMARY KEY AUTOINCREMENT'
  const time = pg ? 'timestamptz' : 'datetime'
  const now = pg ? 'now()' : 'CURRENT_TIMESTAMP'
  const no = pg ? 'false' : '0'
  const yes = pg ? 'true' : '1'
  const drizzle = pg ? '"drizzle"."__drizzle_migrations"' : '"__drizzle_migrations"'
  return [
    {
      tool: 'prisma', table: '_prisma_migrations',
      statements: [
        `CREATE TABLE "_prisma_migrations" ("id" ${pg ? 'VARCHAR(36)' : 'TEXT'} PRIMARY KEY NOT NULL, "checksum" ${pg ? 'VARCHAR(64)' : 'TEXT'} NOT NULL, "finished_at" ${time}, "migration_name" ${pg ? 'VARCHAR(255)' : 'TEXT'} NOT NULL, "logs" TEXT, "rolled_back_at" ${time}, "started_at" ${time} NOT NULL DEFAULT ${pg ? 'now()' : 'current_timestamp'}, "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`,
        `INSERT INTO "_prisma_migrations" VALUES
          ('1', 'a', '2025-01-01 00:00:01', '20250101_init', NULL, NULL, '2025-01-01 00:00:00', 1),
          ('2', 'b', '2025-01-02 00:00:01', '20250102_it''s "more"', NULL, NULL, '2025-01-02 00:00:00', 1),
          ('3', 'c', NULL, '20250103_undone', 'bad', '2025-01-03 01:00:00', '2025-01-03 00:00:00', 0),
          ('4', 'd', NULL, '20250104_failed', 'bad', NULL, '2025-01-04 00:00:00', 0)`,
      ],
      expected: { migrations: 2, last: '20250102_it\'s "more"', unfinished: ['20250104_failed'] },
      more: `INSERT INTO "_prisma_migrations" VALUES ('5', 'e', '2025-02-01 00:00:01', '20250201_more', NULL, NULL, '2025-02-01 00:00:00', 1)`,
    },
    {
      tool: 'drizzle', table: pg ? 'drizzle.__drizzle_migrations' : '__drizzle_migrations',
      statements: [
        ...(pg ? ['CREATE SCHEMA "drizzle"'] : []),
        `CREATE TABLE ${drizzle} (id ${pg ? 'SERIAL PRIMARY KEY' : 'SERIAL PRIMARY KEY'}, hash text NOT NULL, created_at ${pg ? 'bigint' : 'numeric'})`,
        `INSERT INTO ${drizzle} (id, hash, created_at) VALUES (1, 'aaa', 1700000000000), (2, 'bbb', 1700000000001)`,
      ],
      expected: { migrations: 2, last: 'bbb' },
      more: `INSERT INTO ${drizzle} (id, hash, created_at) VALUES (3, 'ccc', 1700000000002)`,
    },
    {
      tool: 'knex', table: 'knex_migrations',
      statements: [
        `CREATE TABLE "knex_migrations" ("id" ${serial}, "name" varchar(255), "batch" integer, "migration_time" ${time})`,
        `CREATE TABLE "knex_migrations_lock" ("index" ${serial}, "is_locked" integer)`,
        `INSERT INTO "knex_migrations" (name, batch, migration_time) VALUES ('001_a.js', 1, ${now}), ('002_b.js', 2, ${now})`,
        'INSERT INTO "knex_migrations_lock" ("is_locked") VALUES (1)',
      ],
      expected: { migrations: 2, last: '002_b.js', locked: true },
      more: `INSERT INTO "knex_migrations" (name, batch, migration_time) VALUES ('003_c.js', 3, ${now})`,
    },
    {
      tool: 'kysely', table: 'kysely_migration',
      statements: [
        'CREATE TABLE "kysely_migration" ("name" varchar(255) NOT NULL PRIMARY KEY, "timestamp" varchar(255) NOT NULL)',
        'CREATE TABLE "kysely_migration_lock" ("id" varchar(255) NOT NULL PRIMARY KEY, "is_locked" integer DEFAULT 0 NOT NULL)',
        `INSERT INTO "kysely_migration" VALUES ('b', '2025-01-01T00:00:00.000Z'), ('a', '2025-01-02T00:00:00.000Z')`,
        `INSERT INTO "kysely_migration_lock" VALUES ('migration_lock', 0)`,
      ],
      expected: { migrations: 2, last: 'a' },
      more: `INSERT INTO "kysely_migration" VALUES ('c', '2025-01-03T00:00:00.000Z')`,
    },
    {
      tool: 'typeorm', table: 'migrations',
      statements: [
        `CREATE TABLE "migrations" ("id" ${serial}, "timestamp" bigint NOT NULL, "name" varchar NOT NULL)`,
        `CREATE TABLE "typeorm_metadata" ("type" varchar(255) NOT NULL, "database" varchar(255), "schema" varchar(255), "table" varchar(255), "name" varchar(255), "value" text)`,
        `INSERT INTO "migrations" ("timestamp", "name") VALUES (2, 'Second2'), (1, 'First1')`,
      ],
      expected: { migrations: 2, last: 'First1' },
      more: `INSERT INTO "migrations" ("timestamp", "name") VALUES (3, 'Third3')`,
    },
    ...(pg ? [{
      tool: 'node-pg-migrate', table: 'pgmigrations',
      statements: [
        'CREATE TABLE "pgmigrations" (id SERIAL PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)',
        `INSERT INTO "pgmigrations" (name, run_on) VALUES ('1_one', '2025-01-01'), ('2_two', '2025-01-01')`,
      ],
      expected: { migrations: 2, last: '2_two' },
      more: `INSERT INTO "pgmigrations" (name, run_on) VALUES ('3_three', '2025-01-03')`,
    }] : []),
    {
      tool: 'sequelize', table: pg ? '"SequelizeMeta"' : '"SequelizeMeta"',
      statements: ['CREATE TABLE "SequelizeMeta" ("name" VARCHAR(255) NOT NULL UNIQUE PRIMARY KEY)', `INSERT INTO "SequelizeMeta" VALUES ('20250101-a.js'), ('20250102-b.js')`],
      expected: { migrations: 2, last: '20250102-b.js' },
      more: `INSERT INTO "SequelizeMeta" VALUES ('20250103-c.js')`,
    },
    {
      tool: 'mikro-orm', table: 'mikro_orm_migrations',
      statements: [
        `CREATE TABLE "mikro_orm_migrations" ("id" ${serial}, "name" varchar(255), "executed_at" ${time} DEFAULT CURRENT_TIMESTAMP)`,
        `INSERT INTO "mikro_orm_migrations" (name) VALUES ('Migration1'), ('Migration2')`,
      ],
      expected: { migrations: 2, last: 'Migration2' },
      more: `INSERT INTO "mikro_orm_migrations" (name) VALUES ('Migration3')`,
    },
    {
      tool: 'alembic', table: 'alembic_version',
      statements: ['CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))', `INSERT INTO alembic_version VALUES ('1975ea83b712')`],
      expected: { migrations: null, last: '1975ea83b712' },
      more: `UPDATE alembic_version SET version_num = '27c6a30d7c24'`,
    },
    {
      tool: 'flyway', table: 'flyway_schema_history',
      statements: [
        `CREATE TABLE "flyway_schema_history" ("installed_rank" INT NOT NULL, "version" VARCHAR(50), "description" VARCHAR(200) NOT NULL, "type" VARCHAR(20) NOT NULL, "script" VARCHAR(1000) NOT NULL, "checksum" INTEGER, "installed_by" VARCHAR(100) NOT NULL, "installed_on" TIMESTAMP NOT NULL DEFAULT ${pg ? 'now()' : 'CURRENT_TIMESTAMP'}, "execution_time" INTEGER NOT NULL, "success" BOOLEAN NOT NULL, CONSTRAINT "flyway_schema_history_pk" PRIMARY KEY ("installed_rank"))`,
        'CREATE INDEX "flyway_schema_history_s_idx" ON "flyway_schema_history" ("success")',
        `INSERT INTO "flyway_schema_history" ("installed_rank", "version", "description", "type", "script", "installed_by", "execution_time", "success") VALUES
          (0, NULL, '<< Flyway Schema Creation >>', 'SCHEMA', 'app', 'me', 0, ${yes}), (1, '1', 'init', 'SQL', 'V1__init.sql', 'me', 5, ${yes}), (2, '2', 'bad', 'SQL', 'V2__bad.sql', 'me', 5, ${no})`,
      ],
      expected: { migrations: 1, last: 'V1__init.sql', unfinished: ['V2__bad.sql'] },
      more: `UPDATE "flyway_schema_history" SET "success" = ${yes} WHERE "installed_rank" = 2`,
    },
    // Liquibase folds its names as the database does; its SQLite ones are in capitals, and are left out.
    ...(pg ? [{
      tool: 'liquibase', table: 'databasechangelog',
      statements: [
        'CREATE TABLE databasechangelog (ID VARCHAR(255) NOT NULL, AUTHOR VARCHAR(255) NOT NULL, FILENAME VARCHAR(255) NOT NULL, DATEEXECUTED TIMESTAMP NOT NULL, ORDEREXECUTED INTEGER NOT NULL, EXECTYPE VARCHAR(10) NOT NULL, MD5SUM VARCHAR(35), DESCRIPTION VARCHAR(255), COMMENTS VARCHAR(255), TAG VARCHAR(255), LIQUIBASE VARCHAR(20), CONTEXTS VARCHAR(255), LABELS VARCHAR(255), DEPLOYMENT_ID VARCHAR(10))',
        'CREATE TABLE databasechangeloglock (ID INTEGER NOT NULL, LOCKED BOOLEAN NOT NULL, LOCKGRANTED TIMESTAMP, LOCKEDBY VARCHAR(255), CONSTRAINT databasechangeloglock_pkey PRIMARY KEY (ID))',
        `INSERT INTO databasechangelog (id, author, filename, dateexecuted, orderexecuted, exectype) VALUES ('first', 'me', 'log.xml', now(), 1, 'EXECUTED'), ('a-second', 'me', 'log.xml', now(), 2, 'EXECUTED')`,
      ],
      expected: { migrations: 2, last: 'a-second' },
      more: `INSERT INTO databasechangelog (id, author, filename, dateexecuted, orderexecuted, exectype) VALUES ('third', 'me', 'log.xml', now(), 3, 'EXECUTED')`,
    }] : []),
    {
      tool: 'rails', table: 'schema_migrations',
      statements: [
        `CREATE TABLE "schema_migrations" ("version" ${pg ? 'character varying' : 'varchar'} NOT NULL PRIMARY KEY)`,
        `CREATE TABLE "ar_internal_metadata" ("key" ${pg ? 'character varying' : 'varchar'} NOT NULL PRIMARY KEY, "value" ${pg ? 'character varying' : 'varchar'}, "created_at" ${pg ? 'timestamp(6)' : 'datetime(6)'} NOT NULL, "updated_at" ${pg ? 'timestamp(6)' : 'datetime(6)'} NOT NULL)`,
        `INSERT INTO "schema_migrations" VALUES ('20250101000000'), ('20250102000000')`,
      ],
      expected: { migrations: 2, last: '20250102000000' },
      more: `INSERT INTO "schema_migrations" VALUES ('20250103000000')`,
    },
    {
      tool: 'django', table: 'django_migrations',
      statements: [
        `CREATE TABLE "django_migrations" ("id" ${pg ? 'bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY' : 'integer NOT NULL PRIMARY KEY AUTOINCREMENT'}, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" ${time} NOT NULL)`,
        `INSERT INTO "django_migrations" (app, name, applied) VALUES ('auth', '0001_initial', ${now}), ('app', '0002_more', ${now})`,
      ],
      expected: { migrations: 2, last: '0002_more' },
      more: `INSERT INTO "django_migrations" (app, name, applied) VALUES ('app', '0003_again', ${now})`,
    },
    {
      tool: 'goose', table: 'goose_db_version',
      statements: [
        `CREATE TABLE goose_db_version (id ${pg ? 'integer PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY' : 'INTEGER PRIMARY KEY AUTOINCREMENT'}, version_id ${pg ? 'bigint' : 'INTEGER'} NOT NULL, is_applied ${pg ? 'boolean' : 'INTEGER'} NOT NULL, tstamp TIMESTAMP DEFAULT ${pg ? 'now()' : "(datetime('now'))"})`,
        `INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, ${yes}), (20250101, ${yes}), (20250102, ${yes})`,
      ],
      expected: { migrations: 2, last: '20250102' },
      more: `INSERT INTO goose_db_version (version_id, is_applied) VALUES (20250103, ${yes})`,
    },
    {
      tool: 'golang-migrate', table: 'go_migrations',
      statements: [`CREATE TABLE go_migrations (version ${pg ? 'bigint NOT NULL PRIMARY KEY' : 'uint64'}, dirty ${pg ? 'boolean NOT NULL' : 'bool'})`, `INSERT INTO go_migrations VALUES (7, ${no})`],
      expected: { migrations: null, last: '7' },
      more: 'UPDATE go_migrations SET version = 8',
    },
    {
      tool: 'atlas', table: 'atlas_schema_revisions',
      statements: [
        `CREATE TABLE "atlas_schema_revisions" ("version" ${pg ? 'character varying' : 'text'} NOT NULL PRIMARY KEY, "description" ${pg ? 'character varying' : 'text'} NOT NULL, "type" ${pg ? 'bigint' : 'integer'} NOT NULL DEFAULT 2, "applied" ${pg ? 'bigint' : 'integer'} NOT NULL DEFAULT 0, "total" ${pg ? 'bigint' : 'integer'} NOT NULL DEFAULT 0, "executed_at" ${time} NOT NULL, "execution_time" ${pg ? 'bigint' : 'integer'} NOT NULL, "error" text, "error_stmt" text, "hash" ${pg ? 'character varying' : 'text'} NOT NULL, "partial_hashes" ${pg ? 'jsonb' : 'json'}, "operator_version" ${pg ? 'character varying' : 'text'} NOT NULL)`,
        `INSERT INTO "atlas_schema_revisions" (version, description, executed_at, execution_time, error, hash, operator_version) VALUES
          ('.atlas_cloud_identifier', 'x', ${now}, 0, NULL, '', 'v1'), ('20250101', 'init', ${now}, 5, NULL, 'h', 'v1'), ('20250102', 'bad', ${now}, 5, 'no such table', 'h', 'v1')`,
      ],
      expected: { migrations: 1, last: '20250101', unfinished: ['20250102'] },
      more: `INSERT INTO "atlas_schema_revisions" (version, description, executed_at, execution_time, hash, operator_version) VALUES ('20250103', 'more', ${now}, 5, 'h', 'v1')`,
    },
  ]
}
