import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { TrueupError } from '../../src/errors.ts'
import { fromDrizzle } from '../../src/models/drizzle/drizzle.ts'
import { fromSnapshot, toSnapshot } from '../../src/models/snapshot.ts'
import { emptySchema } from '../../src/schema/schema.ts'
import { memoriesModels } from './drizzle/memories.ts'

const context = { dialect: 'postgres', defaultSchema: 'public' }

function problemsOf(snapshot: unknown): readonly string[] {
  try {
    fromSnapshot(snapshot)
  } catch (error) {
    assert.ok(error instanceof TrueupError)
    assert.equal(error.code, 'models-invalid')
    return error.problems.map((problem) => `${problem.subject}: ${problem.message}`)
  }
  return assert.fail('the snapshot was accepted')
}

test('a schema comes back from its snapshot as it was, through JSON text', async () => {
  const declared = await fromDrizzle(memoriesModels(pg, sql)).declare(context)
  const schema = declared.form === 'schema' ? declared.schema : assert.fail()
  const text = JSON.stringify(toSnapshot(schema, 'postgres'))
  assert.deepEqual(await fromSnapshot(text).declare(context), { form: 'normal', schema })
  assert.equal(JSON.stringify(toSnapshot(schema, 'postgres')), text, 'stable')
  const empty = emptySchema()
  assert.deepEqual((await fromSnapshot(toSnapshot(empty)).declare(context)), { form: 'normal', schema: { ...empty, covers: [...empty.covers].sort() } })
})

test('what is wrong is named by its path, all at once', () => {
  const column = { name: 'a', type: 'text', notNull: true, default: null }
  assert.deepEqual(problemsOf({
    trueup: 1, covers: ['table', 'tabel'], tables: [], enum: {},
    table: [{ schema: 'public', name: 1, columns: [column, { ...column, default: 0 }], constraints: [{ type: 'primary' }, { type: 'check', name: 'c' }], indexes: [], policies: [{}] }],
  }), [
    'covers[1]: "tabel" is no kind of object',
    'enum: a list was expected',
    'table[0].name: a text was expected, the number 1 is there',
    'table[0].columns[1].default: a text or null was expected, the number 0 is there',
    'table[0].constraints[0].type: one of primaryKey, unique, foreignKey, check, exclusion was expected',
    'table[0].constraints[1].expression: a text was expected, nothing is there',
    'table[0].policies[0].name: a text was expected, nothing is there',
    'table[0].policies[0].command: one of all, select, insert, update, delete was expected, nothing is there',
    'table[0].policies[0].permissive: true or false was expected, nothing is there',
    'table[0].policies[0].roles: a list of texts was expected, nothing is there',
    'table[0].policies[0].using: a text or null was expected, nothing is there',
    'table[0].policies[0].check: a text or null was expected, nothing is there',
    'tables: no kind of object has this name',
  ])
})

test('other formats, other versions, other databases', async () => {
  assert.deepEqual(problemsOf([]), ['$: an object was expected'])
  assert.deepEqual(problemsOf({ trueup: 2 }), ['trueup: version 1 of the format was expected, 2 is there'])
  assert.throws(() => fromSnapshot('{'), /no JSON/)
  assert.throws(() => fromSnapshot({ trueup: 1, covers: [], dialect: 'mysql' }).declare(context), /cannot be read/)
})
