import type { Column, Domain, Named, Schema } from '../../../schema/schema.ts'
import type { RenderContext, Step, Trial } from '../../dialect.ts'
import { HAZARDS, workOn } from './step.ts'

export interface AdditionCost {
  readonly step: Partial<Step>
  /** Each old row needs a value of its own, which batches can give it. */
  readonly fills: boolean
}

const CHEAP: AdditionCost = { step: {}, fills: false }

/** What adding a column costs on a table with rows: by the server's own word where it was asked, else by what is known of it. */
export function additionCost(column: Column, context: RenderContext, table: Named, trial: Trial): AdditionCost {
  if (context.isNew(table) || context.isEmpty(table)) return CHEAP
  const verdict = context.verdict?.(trial)
  const why = verdict?.rewrites === false ? null : (whyRewritten(column, context) ?? (verdict?.rewrites === true ? `the type ${column.type}` : null))
  if (why !== null) return { step: rewriteOf(column, why, context, table), fills: column.generated == null }
  if (verdict?.scans === true || (column.generated != null && column.notNull)) return { step: scanOf(column, context, table), fills: false }
  if (column.notNull && column.default === null && column.generated == null) return { step: { class: 'incompatible', hazards: [HAZARDS.notNull(column.name)] }, fills: false }
  return CHEAP
}

function rewriteOf(column: Column, why: string, context: RenderContext, table: Named): Partial<Step> {
  const instead = column.generated == null
    ? 'Add the column nullable and without this default, fill it with a backfill entry, and ask for the rest afterwards.'
    : `A stored generated column always rewrites its table.${context.version >= 180000 ? ' A virtual one does not; or' : ' Instead,'} add a plain column, keep it with a trigger, and fill it with a backfill entry.`
  return {
    class: 'blocking', long: true, work: workOn(context, table, 'rewrite'), hazards: [HAZARDS.rewrite(why)],
    reason: `${why[0]?.toUpperCase()}${why.slice(1)} makes the server write the whole table anew while nobody can use it.`, instead,
  }
}

const scanOf = (column: Column, context: RenderContext, table: Named): Partial<Step> => ({
  class: 'blocking', long: true, work: workOn(context, table, 'scan'), hazards: [HAZARDS.scan(`adding column ${column.name}`)],
})

function whyRewritten(column: Column, context: RenderContext): string | null {
  if (column.identity != null) return 'an identity column'
  if (column.generated?.stored === true) return 'a stored generated column'
  if (column.default !== null && !isStable(column)) return `the default ${column.default}, computed for each row,`
  return isConstrained(context.after, column.type) ? `the domain ${column.type}, which checks its values,` : null
}

/** A domain with a check or NOT NULL makes the server write each row (verified on 12 to 18). */
function isConstrained(schema: Schema, type: string): boolean {
  const found: Domain | undefined = schema.domain.find((domain) => type === `${domain.schema}.${domain.name}` || type.replaceAll('"', '') === `${domain.schema}.${domain.name}`)
  return found !== undefined && (found.notNull || found.checks.length > 0 || isConstrained(schema, found.type))
}

const STABLE = new Set(['now', 'current_timestamp', 'current_date', 'current_time', 'localtime', 'localtimestamp', 'current_user', 'session_user', 'user',
  'statement_timestamp', 'transaction_timestamp', 'current_setting', 'timezone', 'lower', 'upper', 'length', 'coalesce', 'array', 'row', 'date_trunc', 'to_char'])

/** False for what may give another value for each row: a call of anything that is not known to be constant within a statement. */
function isStable(column: Column): boolean {
  const bare = (column.default ?? '').replace(/'(?:[^']|'')*'/g, "''").replace(/::\s*[a-z_ ]+(\([\d, ]*\))?(\[\])*/gi, '')
  const calls = [...bare.matchAll(/([\p{L}_][\p{L}\p{N}_$.]*|"[^"]*")\s*\(/gu)].map((match) => (match[1] ?? '').toLowerCase())
  return calls.every((name) => STABLE.has(name)) && (column.needs ?? []).every((need) => need.kind !== 'routine' && need.kind !== 'sequence')
}
