import 'reflect-metadata'
import { defineEntity, MikroORM, p } from '@mikro-orm/postgresql'
import { PrismaPg } from '@prisma/adapter-pg'
import knexOf from 'knex'
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { Sequelize } from 'sequelize'
import { DataSource } from 'typeorm'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { prismaClient } from '../servers/prisma-client.ts'
import type { HandleKind } from './handles.ts'
import { HOSTILE_TYPES } from './hostile-types.ts'

type Values = readonly (readonly unknown[])[]

/** Knex itself reads the server's version as a text. */
const TEXT = 25

/** Values as the server sent them: the handles below have parsers that spoil every other. */
async function asText(client: Pick<pg.Client, 'query'>, statement: string): Promise<unknown> {
  const result = await client.query<unknown[]>({ text: statement, rowMode: 'array', types: { getTypeParser: () => (value: string) => value } })
  return (result.rows as Values)[0]?.[0]
}

/** Handles of query builders and ORMs, each over one connection. */
export const ORM_HANDLES: readonly HandleKind[] = [
  {
    title: 'Kysely over a pg.Pool of one', many: false, scratch: false,
    open: async (url) => {
      const pool = new pg.Pool({ connectionString: url, max: 1, types: HOSTILE_TYPES })
      pool.on('connect', (client) => client.on('error', () => {}))
      const kysely = new Kysely({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()], log: (event) => void event.query.sql.trim() })
      return { database: postgres(kysely), ask: (statement) => asText(pool as unknown as pg.Client, statement), close: () => kysely.destroy() }
    },
  },
  {
    title: 'Knex of one', many: false,
    open: async (url) => {
      const knex = knexOf({ client: 'pg', connection: { connectionString: url, types: { getTypeParser: (type: number) => (value: string) => (type === TEXT ? value : 'disturbed') } }, pool: { min: 0, max: 1 }, postProcessResponse: () => 'disturbed' })
      const ask = async (statement: string): Promise<unknown> => {
        // Knex gives its connections as any.
        const client = (await knex.client.acquireConnection()) as pg.Client
        try {
          return await asText(client, statement)
        } finally {
          await knex.client.releaseConnection(client)
        }
      }
      return { database: postgres(knex), ask, close: () => knex.destroy() }
    },
  },
  {
    title: 'a TypeORM data source of one', many: false,
    open: async (url) => {
      const source = new DataSource({ type: 'postgres', url, extra: { max: 1, types: HOSTILE_TYPES } })
      await source.initialize()
      // The driver's pool is not part of its type.
      const { master } = source.driver as unknown as { readonly master: pg.Pool }
      return { database: postgres(source), ask: (statement) => asText(master as unknown as pg.Client, statement), close: () => source.destroy() }
    },
  },
  {
    title: 'a TypeORM data source that is not initialised', many: true,
    open: async (url) => {
      const source = new DataSource({ type: 'postgres', url })
      const client = new pg.Client({ connectionString: url })
      client.on('error', () => {})
      await client.connect()
      const database = postgres(source)
      return { database, ask: (statement) => asText(client, statement), close: async () => { await database.close(); await client.end() } }
    },
  },
  {
    title: 'MikroORM of one', many: false,
    open: async (url) => {
      const orm = new MikroORM({ clientUrl: url, entities: [defineEntity({ name: 'Item', properties: { id: p.integer().primary() } })], pool: { min: 0, max: 1 } })
      const pool = (await orm.em.getConnection().getNativeClient()) as unknown as pg.Client
      return { database: postgres(orm), ask: (statement) => asText(pool, statement), close: () => orm.close(true) }
    },
  },
  {
    title: 'Sequelize of one', many: false,
    open: async (url) => {
      const sequelize = new Sequelize(url, { dialect: 'postgres', logging: false, pool: { min: 0, max: 1 } })
      const ask = async (statement: string): Promise<unknown> => {
        // Sequelize does not say what its connections are.
        const client = (await sequelize.connectionManager.getConnection({ type: 'read' })) as pg.Client
        try {
          return await asText(client, statement)
        } finally {
          sequelize.connectionManager.releaseConnection(client)
        }
      }
      return { database: postgres(sequelize), ask, close: () => sequelize.close() }
    },
  },
  {
    title: 'Prisma over a pg.Pool of one', many: false,
    open: async (url) => {
      const pool = new pg.Pool({ connectionString: url, max: 1, types: HOSTILE_TYPES })
      pool.on('error', () => {})
      const prisma = prismaClient('postgresql', new PrismaPg(pool))
      const database = postgres(prisma)
      return { database, ask: (statement) => asText(pool as unknown as pg.Client, statement), close: async () => { await database.close(); await prisma.$disconnect(); await pool.end() } }
    },
  },
]
