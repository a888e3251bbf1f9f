import * as pg from 'drizzle-orm/pg-core'
import { sql } from 'drizzle-orm'
import { EntitySchema } from '@mikro-orm/core'
import { MikroORM } from '@mikro-orm/postgresql'
import type { Options } from '@mikro-orm/postgresql'
import { DataTypes, Sequelize } from 'sequelize'
import { DataSource, EntitySchema as TypeOrmSchema, ViewColumn, ViewEntity } from 'typeorm'
import { fromDrizzle } from '../../src/models/drizzle/drizzle.ts'
import { fromMikroOrm } from '../../src/models/mikro-orm/mikro-orm.ts'
import { fromPrisma } from '../../src/models/prisma/prisma.ts'
import { fromSequelize } from '../../src/models/sequelize/sequelize.ts'
import type { ModelSource } from '../../src/models/source.ts'
import { column, fromTables, table } from '../../src/models/tables/tables.ts'
import { fromTypeORM } from '../../src/models/typeorm/typeorm.ts'
import type { Column, Constraint, Index, Schema, Table } from '../../src/schema/schema.ts'
import type { Pg } from './drizzle/memories.ts'
import { memoriesModels } from './drizzle/memories.ts'
import { largeEntities as largeMikro, MEMORIES as MIKRO } from './mikro-orm/entities.ts'
import { largeSchema, MEMORIES as PRISMA } from './prisma/schemas.ts'
import { large as largeSequelize, memories as sequelize } from './sequelize/models.ts'
import * as tables from './tables/memories.ts'
import { largeEntities as largeTypeOrm, MEMORIES as TYPEORM } from './typeorm/entities.ts'

const anyTable = (test: (table: Table) => boolean) => (schema: Schema): boolean => schema.table.some(test)
const anyColumn = (test: (column: Column) => boolean): ((schema: Schema) => boolean) => anyTable((table) => table.columns.some(test))
const anyConstraint = (test: (constraint: Constraint) => boolean): ((schema: Schema) => boolean) => anyTable((table) => table.constraints.some(test))
const anyIndex = (test: (index: Index) => boolean): ((schema: Schema) => boolean) => anyTable((table) => table.indexes.some(test))

/** What a description of a database holds when a model said it. */
export const FACTS: Readonly<Record<string, (schema: Schema) => boolean>> = {
  'type with parameters': anyColumn(({ type }) => /\(\d+(, ?\d+)?\)/.test(type)),
  'array': anyColumn(({ type }) => type.endsWith('[]')),
  'NOT NULL': anyColumn((column) => column.notNull),
  'default: a value': anyColumn((column) => column.default !== null && /^'|^-?\d/.test(column.default)),
  'default: an expression': anyColumn((column) => column.default !== null && /\w\(|CURRENT_/i.test(column.default)),
  'serial': anyColumn(({ type }) => type.endsWith('serial')),
  'identity': anyColumn((column) => (column.identity ?? null) !== null),
  'generated column': anyColumn((column) => (column.generated ?? null) !== null),
  'collation': anyColumn((column) => typeof column.collation === 'string'),
  'enum type': (schema) => schema.enum.length > 0,
  'composite primary key': anyConstraint((one) => one.type === 'primaryKey' && one.columns.length > 1),
  'unique constraint or index': (schema) => anyConstraint((one) => one.type === 'unique')(schema) || anyIndex((index) => index.unique)(schema),
  'check': anyConstraint((one) => one.type === 'check'),
  'exclusion constraint': anyConstraint((one) => one.type === 'exclusion'),
  'foreign key with actions': anyConstraint((one) => one.type === 'foreignKey' && one.onDelete !== 'no action'),
  'reference to itself': anyTable((table) => table.constraints.some((one) => one.type === 'foreignKey' && one.references.table === table.name)),
  'deferrable': anyConstraint((one) => 'deferrable' in one && one.deferrable !== undefined && one.deferrable !== null),
  'index with a method': anyIndex((index) => index.method !== 'btree'),
  'index: descending': anyIndex((index) => index.keys.some((key) => key.order === 'desc')),
  'index: operator class': anyIndex((index) => index.keys.some((key) => typeof key.opclass === 'string')),
  'partial index': anyIndex((index) => index.where !== null),
  'expression index': anyIndex((index) => index.keys.some((key) => key.expression !== null)),
  'comment on a table': anyTable((table) => typeof table.comment === 'string'),
  'comment on a column': anyColumn((column) => typeof column.comment === 'string'),
  'several schemas': (schema) => new Set(schema.table.map((table) => table.schema)).size > 1,
  'sequence of its own': (schema) => schema.sequence.some((sequence) => sequence.ownedBy === null),
  'view': (schema) => schema.view.some((view) => !view.materialized),
  'materialised view': (schema) => schema.view.some((view) => view.materialized),
  'row security and policies': anyTable((table) => (table.policies ?? []).length > 0 && table.rowSecurity !== undefined),
  'extension': (schema) => schema.extension.length > 0,
  'domain': (schema) => schema.domain.length > 0,
  'trigger': anyTable((table) => (table.triggers ?? []).length > 0),
}

export interface FactSource {
  readonly models: readonly ModelSource[]
  /** Facts that its models have no words for. */
  readonly impossible: readonly string[]
  /** Models that are refused, with a word on it, for a fact in them. */
  readonly refused?: Readonly<Record<string, ModelSource>>
}

const more = {
  counter: pg.pgSequence('counter', { startWith: 10 }),
  seen: pg.pgView('seen', { id: pg.integer('id') }).as(sql`SELECT 1 AS id`),
  kept: pg.pgMaterializedView('kept', { id: pg.integer('id') }).as(sql`SELECT 1 AS id`),
  rows: pg.pgTable('rows', {
    tags: pg.text('tags').array(), parent: pg.integer('parent').references((): pg.AnyPgColumn => more.rows.id, { onDelete: 'cascade' }),
    id: pg.integer('id').generatedAlwaysAsIdentity().primaryKey(), old: pg.serial('old'), name: pg.varchar('name', { length: 9 }), doubled: pg.integer('doubled').generatedAlwaysAs(sql`old * 2`),
  }, (t) => [pg.pgPolicy('own', { for: 'select', using: sql`true` }), pg.index('down').on(t.name.desc().op('text_pattern_ops'))]).enableRLS(),
}

// `type` and the options below are of 7.2; EntitySchema takes them as plain data.
const Extra = new EntitySchema({
  name: 'Extra', tableName: 'extras',
  properties: {
    id: { type: 'integer', primary: true, generated: 'by default as identity' }, title: { type: 'string', collation: 'C' }, data: { type: 'json', nullable: true },
    state: { enum: true, items: ['a', 'b'], type: 'string', nativeEnumName: 'state_kind' }, other: { kind: 'm:1', entity: () => Extra, nullable: true, deferMode: 'deferred' },
  },
  indexes: [{ properties: ['data'], type: 'gin' }],
} as never)
const TRIGGERED = new EntitySchema({ name: 'Triggered', properties: { id: { type: 'integer', primary: true } }, triggers: [{ name: 'touch', timing: 'before', events: ['insert'], forEach: 'row', body: 'RETURN NEW' }] } as never)
const view = (name: string, kind: boolean | { readonly materialized: true }): unknown => new EntitySchema({ name, tableName: name.toLowerCase(), view: kind, expression: 'select 1 as id', properties: { id: { type: 'integer', primary: true } } } as never)
class Kept {
  declare readonly id: number
}
ViewEntity({ name: 'kept', materialized: true, expression: 'SELECT 1 AS id' })(Kept)
ViewColumn()(Kept.prototype, 'id')
const FOUND = new TypeOrmSchema({ name: 'Found', columns: { id: { type: Number, primary: true }, place: { type: 'point' } }, indices: [{ name: 'found_place', columns: ['place'], spatial: true }] } as never)
const commented = new Sequelize({ dialect: 'postgres', logging: false })
commented.define('noted', { id: { type: DataTypes.INTEGER, primaryKey: true } }, { comment: 'Noted' })

const typeorm = (entities: unknown): ModelSource => fromTypeORM(new DataSource({ type: 'postgres', entities: entities as never }))
const mikro = (entities: unknown): ModelSource => fromMikroOrm(new MikroORM({ entities: entities as NonNullable<Options['entities']>, dbName: 'facts', connect: false } as Options))

/** Every source with its largest models. Nothing is connected to. */
export const SOURCES: Readonly<Record<string, FactSource>> = {
  Drizzle: { models: [fromDrizzle(memoriesModels(pg as Pg, sql)), fromDrizzle(more)], impossible: ['collation', 'exclusion constraint', 'deferrable', 'comment on a table', 'comment on a column', 'extension', 'domain', 'trigger'] },
  Prisma: {
    models: [fromPrisma(PRISMA), fromPrisma(largeSchema(61, 'postgresql')), fromPrisma('generator client {\n provider = "prisma-client"\n previewFeatures = ["postgresqlExtensions"]\n}\ndatasource db {\n provider = "postgresql"\n extensions = [citext]\n}\nmodel Item {\n id Int @id\n}\n')],
    impossible: ['identity', 'generated column', 'collation', 'check', 'exclusion constraint', 'deferrable', 'expression index', 'comment on a table', 'comment on a column', 'sequence of its own', 'view', 'materialised view', 'row security and policies', 'domain', 'trigger'],
  },
  TypeORM: { models: [typeorm(TYPEORM), typeorm(largeTypeOrm(61, 'postgres')), typeorm([Kept, FOUND])], impossible: ['index: descending', 'index: operator class', 'expression index', 'sequence of its own', 'row security and policies', 'domain', 'trigger'] },
  MikroORM: { models: [mikro(MIKRO), mikro(largeMikro(61)), mikro([Extra, view('Seen', true), view('Kept', { materialized: true })])], impossible: ['exclusion constraint', 'sequence of its own', 'row security and policies', 'extension', 'domain'], refused: { trigger: mikro([TRIGGERED]) } },
  Sequelize: { models: [fromSequelize(sequelize({ dialect: 'postgres' })), fromSequelize(largeSequelize(61, { dialect: 'postgres' })), fromSequelize(commented)], impossible: ['generated column', 'collation', 'check', 'exclusion constraint', 'sequence of its own', 'view', 'materialised view', 'row security and policies', 'extension', 'domain', 'trigger'] },
  'declared tables': { models: [fromTables(tables), fromTables([table('odd', { id: column('serial').primaryKey() })])], impossible: ['exclusion constraint', 'deferrable', 'sequence of its own', 'view', 'materialised view', 'row security and policies', 'extension', 'domain', 'trigger'] },
}

export type Outcome = 'read' | 'lost' | 'impossible' | 'refused'

/** What becomes of each fact: read means that a real model with it led to that object. */
export async function outcomes({ models, impossible, refused = {} }: FactSource): Promise<Readonly<Record<string, Outcome>>> {
  const schemas: Schema[] = []
  for (const source of models) {
    const declared = await source.declare({ dialect: 'postgres', defaultSchema: 'public' })
    if (declared.form !== 'schema') throw new Error(`${source.title} gives no schema`)
    schemas.push(declared.schema)
  }
  return Object.fromEntries(Object.entries(FACTS).map(([fact, test]) => [fact, schemas.some(test) ? 'read' : impossible.includes(fact) ? 'impossible' : fact in refused ? 'refused' : 'lost']))
}

/** The page of the reference. */
export async function factsPage(): Promise<string> {
  const columns = await Promise.all(Object.values(SOURCES).map(outcomes))
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    '# What each source of models can say',
    '<!-- Made by scripts/facts.mjs from the models of the tests. Change those. -->',
    '**read**: a model of the tests with this fact led to that object. **lost**: the source has words for it, and they are passed over. **refused**: an error names model and field. **–**: the source has no words for it; such objects are neither made nor missed. SQL files and dumps can say all of it. On PostgreSQL.',
    [row(['', ...Object.keys(SOURCES)]), row(['---', ...columns.map(() => '---')]), ...Object.keys(FACTS).map((fact) => row([fact, ...columns.map((column) => (column[fact] === 'impossible' ? '–' : (column[fact] ?? '')))]))].join('\n'),
    'What belongs to the client (`$defaultFn`, `@updatedAt`, `onUpdate`, `paranoid`, scopes, validators) never reaches the database.',
    '---',
    'Next: [Drivers and handles](../drivers.md) · Up: [Documentation](../../README.md)',
  ].join('\n\n') + '\n'
}
