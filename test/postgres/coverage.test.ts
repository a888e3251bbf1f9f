import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { introspect } from '../../src/dialects/postgres/introspect.ts'
import { unmanagedLines } from '../../src/cli/print/unmanaged.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { trueup } from '../../src/index.ts'
import { fromSnapshot, toSnapshot } from '../../src/models/snapshot.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { TOP_KINDS, makeSchema } from '../../src/schema/schema.ts'
import { accountOf, plainly } from './account.ts'
import { oneOfEverything } from './one-of-everything.ts'
import type { TestDatabase } from './private-session.ts'
import { testServers } from './private-session.ts'

/** Catalogues with a number of their own whose rows are no objects of a database's schema, each with the reason. */
const NO_OBJECTS: Readonly<Record<string, string>> = {
  pg_authid: 'roles belong to the cluster', pg_database: 'belongs to the cluster', pg_tablespace: 'belongs to the cluster', pg_parameter_acl: 'settings of the cluster',
  pg_largeobject_metadata: 'large objects are data', pg_enum: 'the labels of an enum are a part of it', pg_publication_rel: 'a publication’s tables are a part of it',
  pg_publication_namespace: 'a publication’s schemas are a part of it', pg_amop: 'a part of an operator family', pg_amproc: 'a part of an operator family', pg_attrdef: 'a default is a part of its column',
  pg_auth_members: 'belongs to the cluster',
}

for (const server of testServers()) describe(`${server.title}: nothing is left out in silence`, () => {
  let database: TestDatabase
  let schema: Schema

  before(async () => {
    database = await server.database()
    for (const statement of oneOfEverything(database.session.version)) await database.client.query(statement)
    schema = await introspect(database.session, { schemas: ['Mine of', 'public'], defaultSchema: 'public', ledgerTables: [], privileges: true })
  })
  after(async () => {
    await database.client.query('ALTER SUBSCRIPTION sub DISABLE').catch(() => {})
    await database.client.query('ALTER SUBSCRIPTION sub SET (slot_name = NONE)').catch(() => {})
    await database.client.query('DROP SUBSCRIPTION sub').catch(() => {})
    await database.drop()
  })

  test('there is one of everything that a catalogue can hold', async () => {
    const empty: string[] = []
    for (const name of await catalogues()) {
      const { rows } = await database.client.query(`SELECT count(*)::int AS n FROM pg_catalog.${name} WHERE oid >= 16384`)
      if (rows[0].n === 0 && NO_OBJECTS[name] === undefined) empty.push(name)
    }
    assert.deepEqual(empty, [], 'a catalogue of this version is not tried: add an object of its kind, or say why it holds none')
  })

  test('every row of every catalogue is described, tolerated, unsupported, or a part of what is', async () => {
    const accounted = accountOf(schema)
    const selects = (await catalogues()).filter((name) => NO_OBJECTS[name] === undefined)
      .map((name) => `SELECT 'pg_catalog.${name}'::regclass::oid AS class, oid FROM pg_catalog.${name} WHERE oid >= 16384`)
    const { rows } = await database.client.query<{ readonly key: string; readonly type: string; readonly identity: string; readonly owners: readonly string[] | null }>(`
WITH all_of (class, oid) AS (${selects.join(' UNION ALL ')})
SELECT a.class || '.' || a.oid AS key, i.type, i.identity,
  -- The server's own book: what comes and goes with another object is a part of it.
  (SELECT array_agg(d.refclassid || '.' || d.refobjid) FROM pg_depend d WHERE d.classid = a.class AND d.objid = a.oid AND d.deptype IN ('i', 'P', 'S')) AS owners
FROM all_of a, LATERAL pg_identify_object(a.class, a.oid, 0) i WHERE i.schema IS DISTINCT FROM 'pg_toast'`)
    const done = new Set(rows.filter(({ type, identity }) => accounted.has(plainly(`${type} ${identity}`))).map(({ key }) => key))
    for (let before = -1; before !== done.size;) {
      before = done.size
      for (const { key, owners } of rows) if (owners?.some((owner) => done.has(owner))) done.add(key)
    }
    // The constraint that version 18 keeps of a NOT NULL is the column's own.
    const isNotNull = (row: { readonly type: string; readonly identity: string }): boolean => /^(table|domain) constraint$/.test(row.type) && /_not_null\d?"? on /.test(row.identity)
    const forgotten = rows.filter((row) => !done.has(row.key) && !isNotNull(row)).map(({ type, identity }) => `${type} ${identity}`)
    assert.deepEqual(forgotten, [])
  })

  test('what is not described says why, and what an extension brought names it', () => {
    for (const item of schema.unmanaged) assert.ok(item.because.length > 5, JSON.stringify(item))
    const hstore = schema.unmanaged.filter((item) => item.because === 'extension hstore')
    assert.ok(['operator', 'operator class', 'cast', 'routine', 'type'].every((kind) => hstore.some((item) => item.kind === kind && item.reason === 'tolerated')), 'its members are tolerated, each by its name')
    const unsupported = schema.unmanaged.filter((item) => item.reason === 'unsupported').map(({ kind, name }) => `${kind} ${name}`)
    for (const name of ['operator "Mine of".=== (integer, integer)', 'language another', 'access method method', 'conversion "Mine of".conversion', 'cast integer AS "Mine of".pair', 'transform FOR "Mine of".pair LANGUAGE plpgsql']) {
      assert.ok(unsupported.includes(name), `${name} is not among ${unsupported.join('; ')}`)
    }
    assert.ok(TOP_KINDS.every((kind) => schema[kind].length > 0 || kind === 'extension'), 'and every kind is described')
  })

  test('status and check name all of it, as data and in print, and a start leaves it as it is', async () => {
    const app = trueup({ database: postgres(database.url), models: fromSnapshot(toSnapshot(makeSchema({ covers: ['table', 'column', 'constraint', 'index'] }), 'postgres')), schemas: ['Mine of', 'public'], tolerate: ['par*'], logger: false })
    try {
      for (const { unmanaged } of [await app.status(), await app.check()]) {
        const found = unmanaged.map(({ kind, name, reason }) => `${reason} ${kind} ${name}`)
        for (const one of ['unsupported operator "Mine of".=== (integer, integer)', 'unsupported language another', 'tolerated table "Mine of".parted']) assert.ok(found.includes(one), `${one} is not among ${found.join('; ')}`)
        const printed = unmanagedLines(unmanaged, Object.assign((_: string, text: string) => text, { terminal: false })).join('\n')
        for (const { name } of unmanaged) assert.ok(printed.includes(name), name)
      }
      const plan = await app.plan()
      assert.deepEqual(plan.steps, [])
    } finally {
      await app.close()
    }
  })

  const catalogues = async (): Promise<readonly string[]> => {
    const { rows } = await database.client.query<{ readonly name: string }>(`SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'oid'
      WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' ORDER BY 1`)
    return rows.map(({ name }) => name)
  }
})
