import 'reflect-metadata'
import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, test } from 'node:test'
import { Inject, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import fastify from 'fastify'
import pino from 'pino'
import winston from 'winston'
import type { Logger } from '../../src/api.ts'
import { sqlite } from '../../src/dialects/sqlite/sqlite.ts'
import { fastifyTrueup } from '../../src/frameworks/fastify.ts'
import { TRUEUP, TrueupModule } from '../../src/frameworks/nestjs.ts'
import type { TrueupProvider } from '../../src/frameworks/nestjs.ts'
import { fromSql } from '../../src/models/sql.ts'
import { trueup } from '../../src/trueup.ts'

/** An application whose closings are counted. */
function application(text: string, logger: false | Logger = false) {
  const database = sqlite(':memory:')
  const count = { closed: 0 }
  const made = trueup({ database, models: fromSql(text), logger })
  const close = async (): Promise<void> => {
    count.closed += 1
    await made.close()
  }
  return { schema: { ...made, close }, database, count }
}

/** What a module of NestJS is. */
const emptyClass = (): new () => object => function App() {} as unknown as new () => object

const ITEMS = 'CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)'

describe('Fastify', () => {
  test('the plugin brings the schema into line before the server is ready, and lets go when it closes', async () => {
    const { schema, database, count } = application(ITEMS)
    const server = fastify()
    await server.register(fastifyTrueup, { schema })
    server.get('/items', async () => {
      const session = await database.open()
      try {
        await session.execute(`INSERT INTO items (name) VALUES ('one')`)
        return { items: await session.query('SELECT name FROM items'), inSync: (await schema.status()).inSync }
      } finally {
        await session.release()
      }
    })
    const { statusCode, body } = await server.inject('/items')
    assert.equal(statusCode, 200)
    assert.deepEqual(JSON.parse(body), { items: [{ name: 'one' }], inSync: true })
    assert.equal(Reflect.get(server, 'trueup'), schema)
    await server.close()
    assert.equal(count.closed, 1)
  })

  test('a schema that cannot be brought into line keeps the server from starting', async () => {
    const { schema } = application('CREATE TABLE items (id')
    const server = fastify()
    void server.register(fastifyTrueup, { schema })
    await assert.rejects(async () => server.ready(), /models/)
  })

  test('its own logger fits', async () => {
    await application(ITEMS, fastify({ logger: { level: 'silent' } }).log).schema.applyMigrations()
  })
})

describe('loggers by shape', () => {
  /** The messages that a start says through a logger that writes lines of JSON. */
  const said = async (make: (write: (line: string) => void) => Logger): Promise<readonly string[]> => {
    const lines: string[] = []
    await application(ITEMS, make((line) => void lines.push(line))).schema.applyMigrations()
    return lines.map((line) => {
      const { msg, message } = JSON.parse(line) as { readonly msg?: string; readonly message?: string }
      return msg ?? message ?? ''
    })
  }
  const START = 'Applying database migrations...'
  const END = '✅ Migrations applied'

  test('pino', async () => {
    const messages = await said((write) => pino({ level: 'debug' }, { write }))
    assert.deepEqual([messages[0], messages.at(-1)], [START, END])
  })

  test('winston', async () => {
    const messages = await said((write) => winston.createLogger({ level: 'debug', format: winston.format.json(), transports: [new winston.transports.Stream({ stream: new Writable({ write: (chunk, _, done) => { write(String(chunk)); done() } }) })] }))
    assert.deepEqual([messages[0], messages.at(-1)], [START, END])
  })

  test('console, and anything else with its methods', async () => {
    const lines: string[] = []
    const say = (line: unknown): void => void lines.push(String(line))
    await application(ITEMS, { info: say, warn: say, error: say, debug: say }).schema.applyMigrations()
    assert.deepEqual([lines[0], lines.at(-1)], [START, END])
    const fits: Logger = console
    assert.equal(typeof fits.info, 'function')
  })
})

describe('NestJS', () => {
  test('the module brings the schema into line before providers are made, and lets go when the application closes', async () => {
    const { schema, database, count } = application(ITEMS)
    class Items {
      readonly #provider: TrueupProvider
      constructor(provider: TrueupProvider) {
        this.#provider = provider
      }
      async names(): Promise<unknown> {
        const session = await database.open()
        try {
          await session.execute(`INSERT INTO items (name) VALUES ('one')`)
          return [await session.query('SELECT name FROM items'), (await this.#provider.schema.status()).inSync]
        } finally {
          await session.release()
        }
      }
    }
    // Decorators are functions: applied by hand, they need no support by whoever loads this file.
    Inject(TRUEUP)(Items, undefined, 0)
    const App = emptyClass()
    Module({ imports: [TrueupModule.forRoot(schema)], providers: [Items] })(App)
    const app = await NestFactory.createApplicationContext(App, { logger: false })
    assert.deepEqual(await app.get(Items).names(), [[{ name: 'one' }], true])
    await app.close()
    assert.equal(count.closed, 1)
  })

  test('a schema that cannot be brought into line keeps the application from starting', async () => {
    const App = emptyClass()
    Module({ imports: [TrueupModule.forRoot(application('CREATE TABLE items (id').schema)] })(App)
    await assert.rejects(NestFactory.createApplicationContext(App, { logger: false, abortOnError: false }), /models/)
  })
})
