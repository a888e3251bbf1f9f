import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database } from '../../src/dialects/dialect.ts'
import { sqlite } from '../../src/dialects/sqlite/sqlite.ts'
import type { ModelSource } from '../../src/models/source.ts'
import { trueup } from '../../src/trueup.ts'
import { driver } from './support.ts'

const SAME: readonly (readonly [title: string, there: string, models: string])[] = [
  ['TRUE and 1', 'CREATE TABLE t (a integer DEFAULT true, b integer DEFAULT FALSE)', 'CREATE TABLE t (a integer DEFAULT 1, b integer DEFAULT 0)'],
  ['an index’s condition with its table’s name', 'CREATE TABLE t (a integer); CREATE INDEX i ON t (a) WHERE "t"."a" > 3', 'CREATE TABLE t (a integer); CREATE INDEX i ON t (a) WHERE a > 3'],
  ['a unique key and a unique index', 'CREATE TABLE t (a integer, b text, UNIQUE (b, a))', 'CREATE TABLE t (a integer, b text); CREATE UNIQUE INDEX i ON t (b, a)'],
  ['a unique index and a unique key', 'CREATE TABLE t (a integer UNIQUE, b text); CREATE UNIQUE INDEX i ON t (b)', 'CREATE TABLE t (a integer UNIQUE, b text UNIQUE)'],
  ['a key with NOT NULL and one without', 'CREATE TABLE t (a text PRIMARY KEY NOT NULL)', 'CREATE TABLE t (a text PRIMARY KEY)'],
]

const OTHER: typeof SAME = [
  ['a key without NOT NULL and one with', 'CREATE TABLE t (a text PRIMARY KEY)', 'CREATE TABLE t (a text PRIMARY KEY NOT NULL)'],
  ['a unique index over a part of the rows', 'CREATE TABLE t (a integer); CREATE UNIQUE INDEX i ON t (a) WHERE a > 3', 'CREATE TABLE t (a integer UNIQUE)'],
  ['a unique index and both', 'CREATE TABLE t (a integer UNIQUE)', 'CREATE TABLE t (a integer UNIQUE); CREATE UNIQUE INDEX i ON t (a)'],
  ['a unique key in another order', 'CREATE TABLE t (a integer, b text, UNIQUE (b, a))', 'CREATE TABLE t (a integer, b text); CREATE UNIQUE INDEX i ON t (a, b)'],
  ['TRUE and 2', 'CREATE TABLE t (a integer DEFAULT true)', 'CREATE TABLE t (a integer DEFAULT 2)'],
]

async function made(text: string): Promise<Database> {
  const database = sqlite(':memory:')
  const session = await database.open()
  await session.script(text.split('; '))
  await session.release()
  return database
}

async function differences(there: string, models: string): Promise<number> {
  const [database, other] = [await made(there), await made(models)]
  // As an adapter gives it: described, and not yet in the words of this database.
  const source: ModelSource = { title: 'models', declare: async () => ({ form: 'schema', schema: await other.read() }) }
  const schema = trueup({ database, models: source, logger: false })
  const { pending, drift } = await schema.check()
  await Promise.all([schema.close(), database.close(), other.close()])
  return pending.length + drift.length
}

for (const [title, there, models] of SAME) test(`${driver}: ${title} mean the same`, async () => assert.equal(await differences(there, models), 0))
for (const [title, there, models] of OTHER) test(`${driver}: ${title} differ`, async () => assert.notEqual(await differences(there, models), 0))
