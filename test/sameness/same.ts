import assert from 'node:assert/strict'
import type pg from 'pg'
import { diff } from '../../src/diff/diff.ts'
import { loadText } from '../../src/dialects/postgres/load-text.ts'
import type { Session } from '../../src/dialects/dialect.ts'
import { describe } from '../../src/operations/operation.ts'
import { sqlFiles } from '../../src/pull/sql-files.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { emptySchema } from '../../src/schema/schema.ts'
import { DIALECT, execute, planAll } from '../cases/judge.ts'
import type { Scratch } from '../cases/scratch.ts'
import { readAll, schemasOf } from '../cases/scratch.ts'
import { privateSession } from '../postgres/private-session.ts'
import { dumpMissing, schemaDump } from './dump.ts'

/** A second opinion on whether two databases are the same: every object of each as key and text. */
export interface Catalogue {
  snapshot(client: unknown, options: { readonly ignoreColumnOrder: boolean }): Promise<Map<string, string>>
  diffMaps(a: Map<string, string>, b: Map<string, string>): readonly { readonly key: string; readonly left?: string; readonly right?: string }[]
}

const operationsOf = (from: Schema, to: Schema): readonly string[] => diff(from, to).map((operation) => describe(operation))

/** What a new database has before anything is loaded: the schema `public` with its comment, where the other has it, too. */
const newDatabase = (schema: Schema): Schema =>
  schema.namespace.some(({ name }) => name === 'public') ? { ...emptySchema(), namespace: schema.namespace.filter(({ name }) => name === 'public') } : emptySchema()

const databaseOf = (client: pg.Client): string => client.database ?? ''

/**
 * Reads a database, renders what was read, loads that elsewhere, and reads it again: everything is the same, by our own reading,
 * by the catalogue, and by `pg_dump` where one fits. The set of files that `trueup pull` writes gives the same schema once more.
 *
 * @param catalogue left out where the machine has no second reader
 */
export async function proveSame(original: pg.Client, scratch: Scratch, url: (database: string) => string, catalogue: Catalogue | null): Promise<void> {
  const schemas = await schemasOf(original)
  const schema = await readAll(original, scratch.version, schemas)
  assert.deepEqual(schema.unmanaged.filter((item) => item.reason === 'unsupported'), [], 'everything is described')
  assert.deepEqual(operationsOf(schema, await readAll(original, scratch.version, schemas)), [], 'a schema does not differ from itself')
  const copy = await scratch.database(`trueup_same_copy_${process.pid}`)
  try {
    assert.equal(await execute(copy, planAll(newDatabase(schema), schema, scratch.version)), null, 'what is rendered loads')
    const again = await readAll(copy, scratch.version, await schemasOf(copy))
    assert.deepEqual(again, schema, 'the copy reads like the original')
    assert.deepEqual([operationsOf(schema, again), operationsOf(again, schema)], [[], []], 'nothing is planned between them')
    if (catalogue !== null) {
      const maps = [await catalogue.snapshot(original, { ignoreColumnOrder: false }), await catalogue.snapshot(copy, { ignoreColumnOrder: false })] as const
      assert.deepEqual(catalogue.diffMaps(...maps), [], 'the catalogues are the same')
    }
    if (dumpMissing(scratch.version) === null) assert.equal(schemaDump(url(databaseOf(copy))), schemaDump(url(databaseOf(original))), 'pg_dump prints the same')
  } finally {
    await copy.end()
  }
  await provePulled(schema, scratch)
}

/** The files of a pull, loaded in another order than they were written in. */
async function provePulled(schema: Schema, scratch: Scratch): Promise<void> {
  const files = sqlFiles({ schema, version: scratch.version, dialect: DIALECT, defaultSchema: 'public' })
  const place = await scratch.database(`trueup_same_files_${process.pid}`)
  try {
    const session: Session = privateSession(place, scratch.version)
    const scope = { schemas: ['*'], defaultSchema: 'public', ledgerTables: [], privileges: true }
    const read = await loadText(session, [...files].reverse().map(({ path, text }) => ({ name: path, text })), scope, (work) => work(session))
    assert.deepEqual([operationsOf(schema, read), operationsOf(read, schema)], [[], []], 'the files of a pull give the same schema')
    assert.deepEqual(sqlFiles({ schema: read, version: scratch.version, dialect: DIALECT, defaultSchema: 'public' }), files, 'and the same files')
  } finally {
    await place.end()
  }
}
