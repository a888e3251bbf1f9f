import assert from 'node:assert/strict'
import type { Place } from '../start/targets.ts'
import { trueup } from '../../src/index.ts'
import type { DialectName, Work } from './scenarios.ts'
import { AUDITED, ENTRIES, older, play } from './scenarios.ts'

export const countOf = async (place: Place, query: string): Promise<number> => Number(Object.values((await place.rows(query))[0] ?? {})[0])

/** Leaves the database as an older build did, with rows in it. */
export async function makeOlder(place: Place, rows: number): Promise<void> {
  const { models, statement } = older(rows)
  await trueup({ database: place.database(), models, logger: false, build: 'older' }).applyMigrations()
  await place.script(statement)
}

/** What must hold after any number of starts, however they ended, once one of them went through. */
export async function assertInLine(place: Place, dialect: DialectName, work: Work, rows: number): Promise<void> {
  const audit = (await place.rows('SELECT what FROM audit')).map((row) => String(row['what'])).sort()
  assert.deepEqual(audit, AUDITED, 'an entry ran twice or not at all')
  assert.equal(await countOf(place, 'SELECT count(*) FROM accounts'), rows)
  if (rows > 0) assert.deepEqual((await place.rows('SELECT DISTINCT n FROM accounts')).map((row) => Number(row['n'])), [1], 'the backfill did a row twice or left one out')
  const app = trueup({ database: place.database(), ...play(dialect, work), logger: false })
  const status = await app.status()
  assert.deepEqual(status.entries.map((entry) => entry.id).sort(), [...ENTRIES].sort())
  for (const entry of status.entries) assert.ok(['applied', 'not-needed', 'adopted'].includes(entry.state), `${entry.id} is ${entry.state}`)
  assert.equal(status.lockedBy, null, 'a lock was left behind')
  assert.ok(status.inSync, JSON.stringify(status))
  assert.equal((await app.applyMigrations()).outcome, 'current')
}

/** The runs of the ledger by outcome: none may stay at `running`. */
export async function outcomes(place: Place): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {}
  for (const row of await place.rows('SELECT outcome, count(*) AS n FROM trueup_runs GROUP BY outcome')) found[String(row['outcome'])] = Number(row['n'])
  return found
}
