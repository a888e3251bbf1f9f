import type { Pair, PairContext, PairPlan, PairRequest, Refusal } from '../../online.ts'
import type { Step } from '../../step.ts'
import type { Column, Named, Schema, Table } from '../../../schema/schema.ts'
import { displayName, rowKey } from '../../../schema/schema.ts'
import { columnExtras, columnText } from '../render/column-text.ts'
import { findTable } from '../render/find.ts'
import { indexOf } from '../render/left-overs.ts'
import { literal, qualified, quoteName } from '../render/names.ts'
import { commentOn } from '../render/privileges.ts'
import { ACCESS_EXCLUSIVE, makeStep } from '../render/step.ts'
import { changeTable, copiesOf, keyKept, withCopies } from './copies.ts'
import { goingOver, isSteady, keeper, outOfStep } from './keeper.ts'
import type { Sides } from './keeper.ts'
import { NOW, markOf } from './mark.ts'
import { refusals } from './refusals.ts'
import { free } from './free.ts'
import { freeNotNull, swapStatements } from './swap.ts'

/** How a pair comes to be, from where an earlier start left it. */
export function prepare(request: PairRequest, found: Pair | null, context: PairContext): PairPlan | { readonly refused: readonly Refusal[] } {
  const { live } = context
  const table = findTable(live, request.table)
  const old = table?.columns.find((column) => column.name === request.column)
  if (table === undefined || old === undefined) return { refused: [{ reason: `column ${request.column} is not there` }] }
  const pair = found ?? newPair(request, table, live)
  const models = { target: context.target, column: request.to ?? request.column }
  const copies = copiesOf(live, table, pair.from, pair.to, models)
  const refused = found === null ? refusals(live, table, old, copies, request) : []
  if (refused.length > 0) return { refused }
  const modelled = findTable(context.target, table)?.columns.find((column) => column.name === models.column)
  const to = newColumn(pair, old, table.columns.find((column) => column.name === pair.to), request, modelled)
  const sides: Sides = { from: old, to }
  const after = found === null ? changeTable(live, table, (one) => ({ ...one, columns: [...one.columns, to] })) : live
  const required = changeTable(after, table, (one) => ({ ...one, columns: one.columns.map((column) => (column.name === pair.to ? requiredAs(column, old, table, pair, context) : column)) }))
  const wanted = pair.kind === 'rename' ? withCopies(required, copies) : withKeptKey(withCopies(required, copies), table, pair.from)
  return {
    before: [...(found === null ? [begin(pair, sides, table, request)] : []), ...(pair.stage === 'filling' ? fill(pair, sides, table) : [])],
    after, wanted,
    last: pair.kind === 'rename' ? ready(pair, table) : switchOver({ ...pair, stage: 'filled' }, { from: old, to: { ...to, notNull: old.notNull } }, table, request, { ...context, live: wanted }),
  }
}

/** The way back needs a key of the old column, too. */
function withKeptKey(schema: Schema, table: Table, column: string): Schema {
  const key = table.constraints.find((one) => one.type === 'primaryKey')
  const name = key === undefined ? null : keyKept(key)
  if (key?.type !== 'primaryKey' || name === null || !key.columns.includes(column)) return schema
  return changeTable(schema, table, (one) => ({ ...one, indexes: [...one.indexes.filter((index) => index.name !== name), indexOf({ ...key, name })] }))
}

function requiredAs(column: Column, old: Column, table: Table, pair: Pair, { version }: PairContext): Column {
  if (!old.notNull || old.notNullValidated === false) return column
  // From 18 on it has a name, which may be that of the old column's where both are cut to the limit.
  const named = version >= 180000 && !column.notNull && { notNullName: freeNotNull(table, pair.to) }
  return { ...column, notNull: true, notNullValidated: true, ...named }
}

function newPair(request: PairRequest, table: Table, live: Schema): Pair {
  const columns = table.columns.map((column) => column.name)
  const to = request.to ?? free(request.column, 'new', columns)
  const taken = [...(table.triggers ?? []).map((trigger) => trigger.name), ...[...live.routine, ...live.sequence, ...live.table, ...live.view].filter((one) => one.schema === table.schema).map((one) => one.name)]
  // Triggers fire in the order of their names: this one comes last, so that it sees what the others made of the row.
  const name = free(`zz_trueup_${table.name}_${request.column}`, 'in_step', taken)
  return {
    id: request.id, kind: request.to === undefined ? 'retype' : 'rename', table: { schema: table.schema, name: table.name }, from: request.column, to, stage: 'filling', name,
    using: request.using ?? null, back: request.back ?? null, since: null, former: table.columns.find((column) => column.name === request.column)?.default ?? null,
  }
}

/** Only a value that stays the same for a statement is a default of both: it shows which side was given. */
function newColumn(pair: Pair, old: Column, there: Column | undefined, request: PairRequest, modelled: Column | undefined): Column {
  if (there !== undefined) return there
  const plain = pair.kind === 'rename'
  const { needs: _needs, grants: _grants, notNullName: _name, ...kept } = old
  return {
    ...kept, name: pair.to, type: plain ? old.type : (request.type ?? old.type), collation: plain ? (old.collation ?? null) : (modelled?.collation ?? null),
    notNull: false, default: plain && isSteady(old) ? old.default : null, identity: null,
    ...(plain ? {} : { storage: modelled?.storage ?? null, compression: modelled?.compression ?? null, options: [], statistics: null }),
  }
}

const on = (table: Named, mode: string): Step['locks'][number] => ({ relation: { schema: table.schema, name: table.name }, mode })

function begin(pair: Pair, sides: Sides, table: Table, request: PairRequest): Step {
  const path = qualified(table)
  const own = qualified({ schema: table.schema, name: pair.name })
  const column = quoteName(pair.to)
  const title = `add column ${displayName({ name: pair.to })} to ${table.name} beside ${displayName({ name: pair.from })}, and keep them in step`
  return makeStep(title, [
    // A default that comes after the column is one for new rows alone.
    `ALTER TABLE ${path} ADD COLUMN ${columnText({ ...sides.to, default: null })}${sides.to.default === null ? '' : `, ALTER COLUMN ${column} SET DEFAULT ${sides.to.default}`}${columnExtras(sides.to).map((one) => `, ${one}`).join('')}`,
    ...(sides.to.comment == null ? [] : [commentOn(`COLUMN ${path}.${column}`, sides.to.comment)]),
    copyGrants(table, pair),
    `CREATE SEQUENCE ${own} AS bigint`,
    `GRANT SELECT, UPDATE ON SEQUENCE ${own} TO PUBLIC`,
    `SELECT pg_catalog.setval(${literal(own)}::regclass, date_part('epoch', clock_timestamp())::bigint)`,
    keeper(pair, sides, request.column),
    `CREATE TRIGGER ${quoteName(pair.name)} BEFORE INSERT OR UPDATE ON ${path} FOR EACH ROW EXECUTE FUNCTION ${own}()`,
    // Also for rows that a subscription brings.
    `ALTER TABLE ${path} ENABLE ALWAYS TRIGGER ${quoteName(pair.name)}`,
    commentOn(`TRIGGER ${quoteName(pair.name)} ON ${path}`, markOf(pair)),
  ], { locks: [on(table, ACCESS_EXCLUSIVE)], reason: 'The column is empty at first: nothing is written anew. A trigger writes each side when the other one changes.' })
}

/** Who may read or write the old column alone may do the same with the new one. */
function copyGrants(table: Table, pair: Pair): string {
  const who = "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END"
  const from = `pg_catalog.pg_attribute, aclexplode(attacl) a WHERE attrelid = ${literal(qualified(table))}::regclass AND attname = ${literal(pair.from)}`
  const grant = `format('GRANT %s (%I) ON ${qualified(table).replaceAll('%', '%%').replaceAll("'", "''")} TO %s%s', r.privilege_type, ${literal(pair.to)}, r.who, CASE WHEN r.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)`
  return doBlock(`DECLARE r record; BEGIN FOR r IN SELECT a.privilege_type, a.is_grantable, ${who} AS who FROM ${from} LOOP EXECUTE ${grant}; END LOOP; END`)
}

function doBlock(body: string): string {
  let tag = '$trueup$'
  for (let number = 1; body.includes(tag); number += 1) tag = `$trueup${number}$`
  return `DO ${tag}${body}${tag}`
}

function fill(pair: Pair, sides: Sides, table: Table): readonly Step[] {
  const path = qualified(table)
  const set = `${quoteName(pair.to)} = ${goingOver(pair, sides)}`
  const where = outOfStep(pair, sides)
  const key = (rowKey(table) ?? []).flatMap((name) => table.columns.filter((column) => column.name === name))
  const name = { schema: table.schema, name: table.name }
  const title = `fill ${table.name}.${displayName({ name: pair.to })} from ${displayName({ name: pair.from })}`
  const check = `BEGIN IF EXISTS (SELECT 1 FROM ${path} WHERE ${where}) THEN RAISE EXCEPTION USING MESSAGE = 'rows of the table are not in step', HINT = 'Start again: they are filled then.'; END IF; END`
  return [
    makeStep(title, [`UPDATE ${path} SET ${set} WHERE ${where}`], {
      class: 'online', long: true, locks: [on(table, 'ROW EXCLUSIVE')], work: [{ table: name, kind: 'fill' }], fill: { table: name, column: pair.to, set, where, key },
      reason: 'In batches. Each old row is updated once, so that row triggers without a list of columns see it.',
    }),
    // A statement of its own, not under the lock that the comment takes.
    makeStep(`${title}: see that every row has it`, [doBlock(check)], { class: 'online', long: true, work: [{ table: name, kind: 'scan' }] }),
    makeStep(`${title}: done`, [commentOn(`TRIGGER ${quoteName(pair.name)} ON ${path}`, markOf({ ...pair, stage: 'filled' }))]),
  ]
}

/** The comment with the time at which it is made, and the clock of the old side's last use set to it. */
export function readyStatements(pair: Pair, table: Named): readonly string[] {
  const own = qualified({ schema: table.schema, name: pair.name })
  const now = "date_part('epoch', clock_timestamp())::bigint"
  const command = `COMMENT ON TRIGGER ${quoteName(pair.name)} ON ${qualified(table)} IS %L`.replaceAll('%', '%%').replace(/%%L$/, '%L')
  const text = `replace(${literal(markOf({ ...pair, stage: 'ready' }, NOW))}, ${literal(`"${NOW}"`)}, ${now}::text)`
  return [doBlock(`BEGIN EXECUTE format(${literal(command)}, ${text}); PERFORM setval(${literal(own)}::regclass, ${now}); END`)]
}

function ready(pair: Pair, table: Table): Step {
  return makeStep(`let new code use ${table.name}.${displayName({ name: pair.to })}`, readyStatements(pair, table))
}

function switchOver(pair: Pair, sides: Sides, table: Table, request: PairRequest, context: PairContext): Step {
  const hidden = free(request.column, 'old', table.columns.map((column) => column.name))
  const title = `let ${table.name}.${displayName({ name: request.column })} be ${sides.to.type}, the old values stay in ${displayName({ name: hidden })}`
  const swap = swapStatements(pair, sides, table, { hidden, shown: request.column }, context)
  const next: Pair = { ...pair, from: hidden, to: request.column, stage: 'ready' }
  const after: Sides = { from: { ...sides.from, name: hidden }, to: { ...sides.to, name: request.column } }
  return makeStep(title, [...swap.statements, keeper(next, after, request.column), ...readyStatements(next, table)], {
    locks: swap.locks, hazards: [{ code: 'cached-plans', message: `prepared statements that return column ${request.column} fail once with "cached plan must not change result type"` }],
    reason: 'Names change hands in one instant: code of both releases goes on reading the column by its name.',
  })
}
