import type { Trueup } from '../../api.ts'
import type { Database } from '../../dialects/dialect.ts'
import { postgres } from '../../dialects/postgres/postgres.ts'
import type { CopiedRows, Rehearsal } from '../../rehearse/rehearse.ts'
import { rehearse } from '../../rehearse/rehearse.ts'
import { UsageError } from '../arguments.ts'
import type { Values } from '../catalogue.ts'
import type { CATALOGUE } from '../catalogue.ts'
import { rehearsalLines } from '../print/rehearsal.ts'
import { REPORT_FILE, writeReport } from '../rehearse/file.ts'
import type { Command, Context } from '../run.ts'
import { nameOf } from '../sources/sources.ts'

type Flags = Values<(typeof CATALOGUE)['rehearse']['flags']>

export const command: Command<'rehearse'> = async (context, { flags }) => {
  const app = await context.app()
  const rows = rowsOf(flags.rows)
  const report = await onCopy(app, flags, rows, context)
  const file = flags.report ?? REPORT_FILE
  writeReport(report, file, context.io.cwd)
  if (flags.json) context.printer.json(report)
  else context.printer.lines(...rehearsalLines(report, file, context.printer.paint))
  if (report.error?.code === 'interrupted' || context.interruption.signal.aborted) return 4
  if (report.outcome === 'failed') return 1
  return report.outcome === 'refused' || report.pending.length > 0 ? 3 : 0
}

function rowsOf(word: string | undefined): CopiedRows {
  if (word === undefined || word === 'all') return 'all'
  if (word === 'none') return 'none'
  if (/^[1-9]\d{0,8}$/.test(word)) return Number(word)
  throw new UsageError(`--rows ${word}: expected all, none, or a number of rows a table from 1`, 'rehearse')
}

async function onCopy(app: Trueup, flags: Flags, rows: CopiedRows, context: Context): Promise<Rehearsal> {
  return nameOf(app.options.database) === 'sqlite' ? onFile(app, flags, rows, context) : onServer(app, flags, rows, context)
}

function play(app: Trueup, copy: Database, beside: Database | null, flags: Flags, rows: CopiedRows, { printer, interruption }: Context): Promise<Rehearsal> {
  return rehearse(app, {
    copy, rows, ...(beside !== null && { beside }), ...(flags.allow !== undefined && { allow: flags.allow }), include: flags.include, signal: interruption.signal,
    onStage: (stage) => printer.remark(STAGES[stage]),
  })
}

const STAGES = {
  compare: 'Comparing the copy with the original…', plan: 'Planning on the copy…', apply: 'Applying…', verify: 'Verifying that nothing is left…', undo: 'Undoing what can be undone…',
  'verify undo': 'Verifying that the schema is the one before…', 'apply again': 'Applying again…',
} as const

async function onFile(app: Trueup, flags: Flags, rows: CopiedRows, context: Context): Promise<Rehearsal> {
  if (rows !== 'all') throw new UsageError('--rows all is the only way to copy a SQLite database', 'rehearse')
  if (flags.by !== undefined && flags.by !== 'given') throw new UsageError(`--by ${flags.by} is for PostgreSQL; a SQLite database is copied as a file`, 'rehearse')
  const { copySqlite, openCopy } = await import('../rehearse/sqlite-copy.ts')
  if (flags.by === 'given') return withDatabase(openCopy(needed(flags.on)), (copy) => play(app, copy, null, flags, rows, context))
  const made = await copySqlite(app.options.database, flags.on, context.io.cwd, (line) => context.printer.remark(line))
  try {
    return await withDatabase(openCopy(made.path), (copy) => play(app, copy, null, flags, rows, context))
  } finally {
    made.end(flags.keep)
    if (flags.keep) context.printer.remark(`The copy is kept: ${made.path}`)
  }
}

function needed(on: string | undefined): string {
  if (on !== undefined) return on
  throw new UsageError('--on URL is missing: the server, or the empty database, where the copy is made', 'rehearse')
}

async function onServer(app: Trueup, flags: Flags, rows: CopiedRows, context: Context): Promise<Rehearsal> {
  const on = urlOf('on', needed(flags.on))
  const { defaultSchema } = app.options.database
  const open = (url: string): Database => postgres(url, { schema: defaultSchema })
  const say = (line: string): void => context.printer.remark(line)
  const both = (url: string): Promise<Rehearsal> => withDatabase(open(url), (copy) => withDatabase(open(url), (beside) => play(app, copy, beside, flags, rows, context)))
  if (flags.by === 'given') {
    const { databaseOf } = await import('../rehearse/names.ts')
    if (databaseOf(on) === '') throw new UsageError('--by given takes a copy that is there: name its database, --on postgres://user@host/copy', 'rehearse')
    return both(on)
  }
  const from = urlOf('from', flags.from ?? app.options.database.url?.() ?? '')
  const { openPlace } = await import('../rehearse/place.ts')
  const { copyPostgres } = await import('../rehearse/copy.ts')
  const { identityOf } = await import('../../rehearse/original.ts')
  const place = await openPlace({ on, address: app.options.database.address, identity: await withDatabase(postgres(from), identityOf), say })
  try {
    say('Copying the original…')
    const prefix = `trueup${app.options.namespace === undefined ? '' : `_${app.options.namespace}`}`
    await app.options.database.close()
    await copyPostgres({ from, place, rows, by: flags.by ?? null, ledger: LEDGER.map((name) => `${defaultSchema}.${prefix}_${name}`), env: context.io.env, signal: context.interruption.signal, say })
    return await both(place.url)
  } finally {
    await place.end(flags.keep)
    if (flags.keep) say(`The copy is kept in ${open(place.url).address}.`)
  }
}

const LEDGER = ['state', 'runs', 'entries', 'steps', 'pairs']

/** A URL may hold a password: it is never repeated. */
function urlOf(flag: 'on' | 'from', url: string): string {
  if (/^postgres(ql)?:\/\//i.test(url) && URL.canParse(url)) return url
  if (flag === 'on') throw new UsageError('--on: expected the URL of a server (postgres://user@host) or of an empty database on one (postgres://user@host/name)', 'rehearse')
  throw new UsageError(url === '' ? 'the configuration gives a connection, not a URL, and pg_dump connects by itself: name the original with --from postgres://…, or make the copy yourself and say --by given' : '--from: expected the URL of a PostgreSQL database; what is embedded is copied by its folder: say --by given', 'rehearse')
}

async function withDatabase<T>(database: Database, work: (database: Database) => Promise<T>): Promise<T> {
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}
