import type { Problem } from '../errors.ts'
import { isSql } from '../sql.ts'
import type { EntryKind, Migration, RegistryRules } from './entry.ts'
import { PACING, pacingProblems } from './pacing-shape.ts'

const COMMON = ['id', 'description', 'dependsOn', 'compatible', 'required', 'allow']

/** The fields that each kind of entry may have. */
const FIELDS: { readonly [K in EntryKind]: readonly string[] } = {
  column: [...COMMON, 'table', 'column', 'type', 'nullable', 'default', 'schema'],
  rename: [...COMMON, 'rename', 'online'],
  retype: [...COMMON, 'retype', 'online'],
  contract: [...COMMON, 'contract', 'unusedFor', 'application'],
  sql: [...COMMON, 'up', 'down', 'check', 'fresh', 'touches', 'transaction'],
  backfill: [...COMMON, 'backfill'],
  run: [...COMMON, 'run', 'version', 'check', 'fresh', 'touches', 'transaction'],
}

/** The fields that tell what an entry is. */
const MARKS: readonly (readonly [string, EntryKind])[] = [['rename', 'rename'], ['retype', 'retype'], ['contract', 'contract'], ['up', 'sql'], ['backfill', 'backfill'], ['run', 'run'], ['column', 'column']]

/** What is wrong with the shape of one entry, and which kind it is as far as that can be told. */
export function shapeProblems(migration: Migration, subject: string, rules: RegistryRules): { kind: EntryKind | null; problems: Problem[] } {
  if (typeof migration !== 'object' || migration === null) {
    return { kind: null, problems: [{ subject, message: `is ${migration === null ? 'null' : typeof migration}, not an object.` }] }
  }
  const fields: Fields = { ...migration }
  const kinds = MARKS.filter(([mark]) => fields[mark] !== undefined).map(([, kind]) => kind)
  const kind = kinds[0]
  if (kind === undefined || kinds.length > 1) return { kind: null, problems: [kindProblem(subject, kinds)] }
  const unknown = Object.keys(fields)
    .filter((field) => !FIELDS[kind].includes(field) && fields[field] !== undefined)
    .map((field): Problem => ({ subject, field, message: `is not a field of a ${kind} entry.`, hint: `Its fields are ${FIELDS[kind].join(', ')}.` }))
  return { kind, problems: [...unknown, ...commonProblems(fields, subject, kind, rules), ...CHECKS[kind](fields, subject)] }
}

type Fields = Readonly<Record<string, unknown>>

function kindProblem(subject: string, kinds: readonly EntryKind[]): Problem {
  if (kinds.length > 1) return { subject, message: `is ${kinds.join(' and ')} at once.`, hint: 'Make an entry of each.' }
  return { subject, message: 'says nothing to do.', hint: 'Give it column (with table and type), rename, retype, contract, up, backfill or run.' }
}

function commonProblems(fields: Fields, subject: string, kind: EntryKind, rules: RegistryRules): Problem[] {
  const problems: Problem[] = []
  const { id, description, dependsOn, compatible, required } = fields
  if (id === undefined && kind !== 'column' && kind !== 'rename') problems.push({ subject, field: 'id', message: 'is missing.', hint: `A ${kind} entry needs an id that never changes.` })
  if (id !== undefined && (typeof id !== 'string' || id.trim() === '' || hasControl(id) || id.length > 200)) {
    problems.push({ subject, field: 'id', message: 'must be a text of 1 to 200 characters without control characters.' })
  }
  if (description !== undefined && typeof description !== 'string') problems.push({ subject, field: 'description', message: 'must be a text.' })
  if (rules.requireDescription === true && (typeof description !== 'string' || description.trim() === '')) {
    problems.push({ subject, field: 'description', message: 'is missing, and the rule no-description asks for one.' })
  }
  if (dependsOn !== undefined && !isTextList(dependsOn)) problems.push({ subject, field: 'dependsOn', message: 'must be a list of ids.' })
  const allow = fields['allow']
  const reasons = allow === undefined ? {} : asFields(allow)
  if (reasons === null || Array.isArray(allow) || !Object.values(reasons).every((reason) => typeof reason === 'string')) {
    problems.push({ subject, field: 'allow', message: "must be an object of codes and reasons: { I001: 'the table has ten rows' }." })
  }
  if (compatible !== undefined && typeof compatible !== 'boolean') problems.push({ subject, field: 'compatible', message: 'must be true or false.' })
  if (required !== undefined && typeof required !== 'boolean') problems.push({ subject, field: 'required', message: 'must be true or false.' })
  return problems
}

const CHECKS: { readonly [K in EntryKind]: (fields: Fields, subject: string) => Problem[] } = {
  column: columnProblems,
  rename: (fields, subject) => {
    const rename = asFields(fields['rename'])
    if (rename === null) return [{ subject, field: 'rename', message: 'must be an object { table, column?, to }.' }]
    return [
      ...needText(rename, 'table', subject), ...needText(rename, 'to', subject), ...mayText(rename, 'column', subject), ...mayText(rename, 'schema', subject),
      ...onlineRenameProblems(fields, rename, subject),
    ]
  },
  retype: retypeProblems,
  contract: contractProblems,
  sql: (fields, subject) => {
    const problems = [...needSql(fields['up'], 'up', subject), ...opaqueProblems(fields, subject)]
    if (fields['down'] !== undefined) problems.push(...needSql(fields['down'], 'down', subject))
    if (fields['check'] === undefined && fields['fresh'] === undefined) {
      problems.push({ subject, field: 'check', message: 'and fresh are both missing.', hint: "Say with check how to see that the effect is there, or with fresh: 'run' | 'skip' what a new database needs." })
    }
    return problems
  },
  backfill: backfillProblems,
  run: (fields, subject) => {
    const problems = opaqueProblems(fields, subject)
    if (typeof fields['run'] !== 'function') problems.push({ subject, field: 'run', message: 'must be a function.' })
    const version = fields['version']
    if (version !== undefined && !(Number.isInteger(version) && (version as number) > 0)) problems.push({ subject, field: 'version', message: 'must be a whole number from 1.' })
    return problems
  },
}

function columnProblems(fields: Fields, subject: string): Problem[] {
  const problems = ['table', 'column', 'type'].flatMap((field) => needText(fields, field, subject))
  problems.push(...mayText(fields, 'schema', subject))
  const { nullable } = fields
  if (nullable !== undefined && typeof nullable !== 'boolean') problems.push({ subject, field: 'nullable', message: 'must be true or false.' })
  const fallback = fields['default']
  if (typeof fallback === 'function' || typeof fallback === 'symbol') problems.push({ subject, field: 'default', message: `cannot be a ${typeof fallback}.`, hint: 'Give a value, or an expression with the sql tag.' })
  if (typeof fallback === 'number' && !Number.isFinite(fallback)) problems.push({ subject, field: 'default', message: `cannot be ${fallback}.`, hint: 'Write it with the sql tag if the type has such a value.' })
  if (nullable === false && (fallback === undefined || fallback === null)) {
    problems.push({
      subject, field: 'nullable', message: 'is false, and there is no default: rows that exist already would have no value (rule no-default).',
      hint: 'Give a default, or leave nullable out and fill the column with a backfill entry.',
    })
  }
  return problems
}

function onlineRenameProblems(fields: Fields, rename: Fields, subject: string): Problem[] {
  const { online } = fields
  if (online !== undefined && typeof online !== 'boolean') return [{ subject, field: 'online', message: 'must be true or false.' }]
  if (online === true && rename['column'] === undefined) return [{ subject, field: 'online', message: 'is for columns: a table has one name.', hint: 'Rename it as it is, and let a view of the old name serve the old code.' }]
  return []
}

function retypeProblems(fields: Fields, subject: string): Problem[] {
  const retype = asFields(fields['retype'])
  if (retype === null) return [{ subject, field: 'retype', message: 'must be an object { table, column, type, using?, back? }.' }]
  const problems = ['table', 'column', 'type'].flatMap((field) => needText(retype, field, subject))
  problems.push(...mayText(retype, 'schema', subject))
  for (const field of ['using', 'back']) if (retype[field] !== undefined) problems.push(...needSql(retype[field], field, subject, false))
  if (fields['online'] !== true) problems.push({ subject, field: 'online', message: 'must be true: this is the only way in which a retype entry works.', hint: 'For a change in one statement write a SQL entry.' })
  return problems
}

/** A number and a unit, as PostgreSQL reads an interval. */
const DURATION = /^\d{1,9} (second|minute|hour|day|week)s?$/

function contractProblems(fields: Fields, subject: string): Problem[] {
  const problems = needText(fields, 'contract', subject)
  const { unusedFor, application } = fields
  if (unusedFor !== undefined && !(typeof unusedFor === 'string' && DURATION.test(unusedFor))) problems.push({ subject, field: 'unusedFor', message: "must be a number and a unit: '7 days'.", hint: 'Units are second, minute, hour, day and week.' })
  if (application !== undefined && !(typeof application === 'string' && application !== '') && !(isTextList(application) && (application as readonly string[]).length > 0)) {
    problems.push({ subject, field: 'application', message: 'must be an application name or a list of them, with * for any text.' })
  }
  return problems
}

function backfillProblems(fields: Fields, subject: string): Problem[] {
  const backfill = asFields(fields['backfill'])
  if (backfill === null) return [{ subject, field: 'backfill', message: 'must be an object { table, set, where?, … }.' }]
  const problems = [...needText(backfill, 'table', subject), ...mayText(backfill, 'schema', subject), ...needSql(backfill['set'], 'set', subject)]
  if (backfill['where'] !== undefined) problems.push(...needSql(backfill['where'], 'where', subject))
  const known = ['table', 'schema', 'set', 'where', 'expect', ...PACING]
  for (const field of Object.keys(backfill)) {
    if (!known.includes(field)) problems.push({ subject, field: `backfill.${field}`, message: 'is not a field of a backfill.', hint: `Its fields are ${known.join(', ')}.` })
  }
  return [...problems, ...pacingProblems(backfill, subject)]
}

function opaqueProblems(fields: Fields, subject: string): Problem[] {
  const problems: Problem[] = []
  const { check, fresh, touches, transaction } = fields
  if (check !== undefined) problems.push(...needSql(check, 'check', subject, false))
  if (fresh !== undefined && fresh !== 'run' && fresh !== 'skip') problems.push({ subject, field: 'fresh', message: "must be 'run' or 'skip'." })
  if (touches !== undefined && !isTextList(touches)) problems.push({ subject, field: 'touches', message: 'must be a list of table names.' })
  if (transaction !== undefined && typeof transaction !== 'boolean') problems.push({ subject, field: 'transaction', message: 'must be true or false.' })
  if (transaction === false && check === undefined) {
    problems.push({ subject, field: 'check', message: 'is missing, and transaction is false: a crash can leave it half done, and it would run again (rule not-repeatable).', hint: 'Give a check that tells whether the effect is there.' })
  }
  return problems
}

const hasControl = (text: string): boolean => /\p{Cc}/u.test(text)
const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')
const asFields = (value: unknown): Fields | null => (typeof value === 'object' && value !== null && !Array.isArray(value) && !isSql(value) ? { ...value } : null)

function needText(fields: Fields, field: string, subject: string): Problem[] {
  const value = fields[field]
  if (value === undefined) return [{ subject, field, message: 'is missing.' }]
  if (typeof value !== 'string' || value === '' || value.includes('\u0000')) return [{ subject, field, message: 'must be a text that is not empty.' }]
  return []
}

const mayText = (fields: Fields, field: string, subject: string): Problem[] => (fields[field] === undefined ? [] : needText(fields, field, subject))

function needSql(value: unknown, field: string, subject: string, lists = true): Problem[] {
  if (lists && Array.isArray(value) && value.length > 0) return value.flatMap((item) => needSql(item, field, subject, false))
  if (isSql(value) ? value.parts.length > 0 : typeof value === 'string' && value.trim() !== '') return []
  return [{ subject, field, message: `must be SQL: a value of the sql tag or a text${lists ? ', or a list of them' : ''}, not empty.` }]
}
