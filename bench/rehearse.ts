// Whether a rehearsal foretells how long a change takes on the original, from copies of three kinds. See README.md.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { postgres } from '../dist/dialects/postgres/postgres.js'
import { trueup } from '../dist/index.js'
import { rehearse } from '../dist/rehearse/rehearse.js'
import type { TestServer } from '../test/servers/postgres.ts'
import { judge, printTable } from './lib/report.ts'
import type { Change, ChangeName } from './stall/changes.ts'
import { CHANGES } from './stall/changes.ts'
import { fillDatabase, freshDatabase, startBench } from './stall/database.ts'

const { values } = parseArgs({ options: { rows: { type: 'string', default: '2000000' }, major: { type: 'string', default: '18' }, change: { type: 'string', multiple: true }, json: { type: 'string' } } })

/** Changes that a start makes by itself and that look at every row: of instant ones there is nothing to foretell. */
const FORETOLD: readonly ChangeName[] = ['not-null', 'foreign-key', 'check', 'unique-index', 'backfill']
const chosen = FORETOLD.filter((name) => values.change === undefined || values.change.includes(name))
if (chosen.length === 0) throw new Error(`unknown change ${values.change?.join(', ')}: there are ${FORETOLD.join(', ')}`)

/** A copy is a tenth as large, or has all rows, or none. */
const SHARE = 10
const COPIES = { all: 'all rows', tenth: 'a tenth of the rows', none: 'no rows' } as const
type CopyName = keyof typeof COPIES

interface Foretold {
  readonly change: ChangeName
  readonly rows: number
  readonly copy: CopyName
  /** Milliseconds. */
  readonly predicted: number
  readonly measured: number
}

let number = 0
const rows = Number(values.rows)
const server = await startBench(Number(values.major), 0)
const results: Foretold[] = []
try {
  for (const size of [rows / SHARE, rows].map(Math.round)) {
    const templates: Readonly<Record<CopyName, string>> = { all: `all_${size}`, tenth: `tenth_${size}`, none: 'filled' }
    await fillDatabase(server, templates.all, size)
    await fillDatabase(server, templates.tenth, Math.round(size / SHARE))
    for (const change of chosen) results.push(...(await foretell(server, change, size, templates)))
    for (const name of [templates.all, templates.tenth]) await server.sql(`DROP DATABASE ${name} WITH (FORCE)`)
  }
} finally {
  await server.stop()
}

async function foretell(place: TestServer, change: ChangeName, size: number, templates: Readonly<Record<CopyName, string>>): Promise<readonly Foretold[]> {
  const { models, migrations }: Change = CHANGES[change]
  const original = `original_${(number += 1)}`
  const database = postgres(await freshDatabase(place, original, templates.all))
  const app = trueup({ database, models, migrations, logger: false })
  const predicted = new Map<CopyName, number>()
  try {
    for (const copy of Object.keys(COPIES) as CopyName[]) { // the table has no other keys
      const name = `copy_${(number += 1)}`
      const handle = postgres(await freshDatabase(place, name, templates[copy]))
      const report = await rehearse(app, { copy: handle, rows: copy === 'all' ? 'all' : copy === 'none' ? 'none' : Math.round(size / SHARE) })
      await handle.close()
      if (report.outcome !== 'ok') throw new Error(`the rehearsal of ${change} ended with ${report.error?.message}`)
      predicted.set(copy, report.predicted)
      await place.sql(`DROP DATABASE ${name} WITH (FORCE)`)
    }
    const done = await app.applyMigrations({ longSteps: 'wait' })
    const measured = done.steps.reduce((sum, step) => sum + step.duration, 0)
    return [...predicted].map(([copy, milliseconds]) => ({ change, rows: size, copy, predicted: milliseconds, measured }))
  } finally {
    await app.close()
    await database.close()
    await place.sql(`DROP DATABASE IF EXISTS ${original} WITH (FORCE)`)
  }
}

/** How far apart two times are, whichever is longer. */
const factor = (a: number, b: number): number => Math.max(a, b) / Math.max(1, Math.min(a, b))

for (const copy of Object.keys(COPIES) as CopyName[]) {
  printTable(`from a copy with ${COPIES[copy]}`, results.filter((one) => one.copy === copy).map((one) => ({
    change: one.change, rows: one.rows, 'predicted ms': Math.round(one.predicted), 'measured ms': Math.round(one.measured), factor: factor(one.predicted, one.measured),
  })))
}
console.log('')
// Without rows nothing can be measured: what is foretold then is the usual, at the slow end.
for (const one of results.filter(({ copy }) => copy !== 'none')) judge(`${one.change}, ${one.rows} rows, from ${COPIES[one.copy]}: factor between predicted and measured`, factor(one.predicted, one.measured), 2, ' ×')
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ at: new Date().toISOString(), major: Number(values.major), results }, null, 1)}\n`)
