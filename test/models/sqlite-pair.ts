import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqlite } from '../../src/dialects/sqlite/sqlite.ts'
import type { ModelSource } from '../../src/models/source.ts'
import { trueup } from '../../src/trueup.ts'
import { described } from './described.ts'

interface Pair {
  readonly models: ModelSource
  /** Has the library make its schema in the file. */
  make(path: string): Promise<void>
  /** What the library spells otherwise, in the JSON of its database's description. */
  readonly respell?: (theirs: string) => string
  /** False: the library makes something that means the same in another way. */
  readonly alike?: false
}

/** A library's own database is in line with its models as we read them, and what we make of them is the same but for names: we give none that nobody wrote. */
export async function assertSamePair(t: { after(work: () => void): void }, { models, make, respell = (theirs) => theirs, alike }: Pair): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'trueup-pair-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const [theirs, ours] = [join(folder, 'theirs.db'), join(folder, 'ours.db')]
  await make(theirs)
  const there = trueup({ database: sqlite(theirs), models, logger: false })
  const check = await there.check()
  assert.deepEqual([check.pending, check.drift], [[], []])
  assert.deepEqual((await there.plan()).steps, [])
  const here = trueup({ database: sqlite(ours), models, logger: false })
  assert.equal((await here.applyMigrations()).outcome, 'applied')
  const [mine, others] = [await described(sqlite(ours), ['main'], { names: false }), await described(sqlite(theirs), ['main'], { names: false })]
  if (alike !== false) assert.deepEqual(mine, JSON.parse(respell(JSON.stringify(others))))
  assert.equal((await here.applyMigrations()).outcome, 'current')
  await Promise.all([there.close(), here.close()])
}
