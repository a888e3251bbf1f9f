import { readFileSync } from 'node:fs'
import pg from 'pg'
import { trueup } from '../src/index.ts'
import { postgres } from '../src/dialects/postgres/postgres.ts'
import { fromSql } from '../src/models/sql.ts'
const root = new pg.Client('postgres://root@127.0.0.1:5432/postgres'); await root.connect()
const { snapshot, diffMaps } = await import('/work/shared/cases/tools/compare/pg-catalog.mjs' as string)
let ok = 0, bad = 0, skip = 0
const every = Number(process.argv[2] ?? 20)
for (const file of ['pgschema', 'sqldef-pg', 'pg-schema-diff', 'migra', 'drizzle', 'atlas']) {
  const cs = readFileSync(`/work/shared/cases/${file}.jsonl`, 'utf8').split('\n').filter(Boolean).map((l) => JSON.parse(l)).filter((c) => c.dialect === 'postgresql' && c.old_sql !== undefined && !c.expect_error && !c.roles?.length && c.validated?.loads_on?.includes('pg15') && !c.setup_sql)
  for (const c of cs.filter((_, i) => i % every === 0)) {
    await root.query('drop database if exists jt_a with (force)'); await root.query('create database jt_a template template0'); await root.query('drop database if exists jt_b with (force)'); await root.query('create database jt_b template template0')
    const a = new pg.Client('postgres://root@127.0.0.1:5432/jt_a'), b = new pg.Client('postgres://root@127.0.0.1:5432/jt_b'); await a.connect(); await b.connect()
    try { await a.query(c.old_sql); await b.query(c.new_sql) } catch { skip++; await a.end(); await b.end(); continue }
    const database = postgres('postgres://root@127.0.0.1:5432/jt_a')
    try {
      const app = trueup({ database, models: fromSql(c.new_sql), schemas: ['*'], logger: false })
      const plan = await app.plan({ allow: 'destructive' })
      if (plan.steps.length) await app.applyMigrations({ allow: 'destructive', confirm: plan.hash })
      const again = await app.plan({ allow: 'destructive' })
      await a.query('drop table if exists trueup_state, trueup_runs, trueup_entries, trueup_steps, trueup_pairs')
      const o = { ignoreColumnOrder: true }
      const d = diffMaps(await snapshot(a, o), await snapshot(b, o))
      if (again.steps.length) throw new Error('second plan: ' + again.steps.map((s) => s.title).join('; '))
      if (d.length) throw new Error('differs: ' + d.slice(0, 4).map((x: any) => x.key).join('; '))
      ok++
    } catch (e) { bad++; console.log(c.id, '|', (e as Error).message.slice(0, 400)) }
    await database.close(); await a.end(); await b.end()
  }
}
console.log({ ok, bad, skip }); await root.query('drop database if exists jt_a with (force)'); await root.query('drop database if exists jt_b with (force)'); await root.end()
