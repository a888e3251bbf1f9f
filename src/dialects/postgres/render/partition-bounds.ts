import type { Named, Table } from '../../../schema/schema.ts'
import { keyOf } from '../../../schema/schema.ts'
import type { RenderContext, Step, TableLock } from '../../dialect.ts'
import { defaultPartition } from './family.ts'
import { findTable } from './find.ts'
import { madeUpName, qualified, quoteName } from './names.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, SHARE_UPDATE_EXCLUSIVE, lock, makeStep, workOn } from './step.ts'

/** What rows of a partition satisfy, for bounds over one plain column; `null` for others. */
function boundCondition(parent: Table | undefined, bound: string): string | null {
  const key = /^(RANGE|LIST) \((?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*))\)$/i.exec(parent?.partitionBy ?? '')
  if (key === null) return null
  const column = quoteName((key[2] ?? key[3] ?? '').replaceAll('""', '"'))
  if (key[1]?.toUpperCase() === 'LIST') {
    const list = /^FOR VALUES IN \((.+)\)$/.exec(bound)?.[1]
    return list === undefined || /\bNULL\b/.test(list) ? null : `${column} IS NOT NULL AND ${column} IN (${list})`
  }
  const [, from, to] = /^FOR VALUES FROM \((.+)\) TO \((.+)\)$/.exec(bound) ?? []
  if (from === undefined || to === undefined) return null
  return [`${column} IS NOT NULL`, ...(from === 'MINVALUE' ? [] : [`${column} >= ${from}`]), ...(to === 'MAXVALUE' ? [] : [`${column} < ${to}`])].join(' AND ')
}

/** How the bounds of a partition are known to hold. */
export interface Proof {
  /** Before the partition is attached: checks that prove what the server would read rows for. */
  readonly before: readonly Step[]
  /** Statements that take the checks away again, with the attaching. */
  readonly after: readonly string[]
  /** Tables that are read under the strong lock all the same. */
  readonly reads: readonly Named[]
}

/** Nothing to prove. */
export const NO_PROOF: Proof = { before: [], after: [], reads: [] }

/** Attaching reads the table that comes, and the default partition, unless valid checks tell what rows they can hold. */
export function proveBounds(table: Table, context: RenderContext): Proof {
  const part = table.partitionOf
  if (part == null || context.isNew(part.parent)) return NO_PROOF
  const condition = boundCondition(findTable(context.before, part.parent), part.bound)
  const rest = defaultPartition(context.before, part.parent)
  const all = [
    ...(context.isNew(table) || context.isEmpty(table) ? [] : [{ of: table as Named, check: condition }]),
    ...(rest === undefined || context.isNew(rest) || context.isEmpty(rest) ? [] : [{ of: rest as Named, check: condition === null ? null : `NOT (${condition})` }]),
  ]
  const proofs = all.map(({ of, check }) => (check === null ? { before: [], after: [], reads: [of] } : proof(of, check, table, context)))
  return { before: proofs.flatMap((one) => one.before), after: proofs.flatMap((one) => one.after), reads: proofs.flatMap((one) => one.reads) }
}

function proof(of: Named, check: string, partition: Named, context: RenderContext): Proof {
  const name = madeUpName([of.name, partition.name], 'bound')
  const alter = `ALTER TABLE ${qualified(of)}`
  const title = `prove that ${of.name} ${of === partition ? 'holds only rows of its bounds' : `holds no row of partition ${partition.name}`}`
  const isThere = findTable(context.before, of)?.constraints.some((item) => item.name === name) === true
  return {
    before: [
      ...(isThere ? [] : [makeStep(title, [`${alter} ADD CONSTRAINT ${quoteName(name)} CHECK (${check}) NOT VALID`], { locks: lock(context, of, ACCESS_EXCLUSIVE) })]),
      makeStep(`${title}: check the rows`, [`${alter} VALIDATE CONSTRAINT ${quoteName(name)}`], {
        class: 'online', long: true, locks: lock(context, of, SHARE_UPDATE_EXCLUSIVE), work: workOn(context, of, 'scan'),
      }),
    ],
    after: [`${alter} DROP CONSTRAINT ${quoteName(name)}`],
    reads: [],
  }
}

/** Joining a parent is no more than a weak lock on it; its default partition is locked as strongly as what joins. */
export function attachLocks(table: Table, context: RenderContext): readonly TableLock[] {
  const parent = table.partitionOf?.parent
  const rest = parent === undefined ? undefined : defaultPartition(context.before, parent)
  return [
    ...[...(parent === undefined ? [] : [parent]), ...(table.inherits ?? [])].flatMap((one) => lock(context, one, SHARE_UPDATE_EXCLUSIVE)),
    ...(rest === undefined || keyOf(rest) === keyOf(table) ? [] : lock(context, rest, ACCESS_EXCLUSIVE)),
  ]
}

/** Rows that no check speaks for are read while nobody can use their table. */
export function attachCost(proof: Proof, context: RenderContext): Partial<Step> {
  if (proof.reads.length === 0) return {}
  return {
    class: 'blocking', long: true, work: proof.reads.flatMap((one) => workOn(context, one, 'scan')), hazards: [HAZARDS.scan(`attaching a partition beside ${proof.reads.map((one) => one.name).join(', ')}`)],
    instead: 'Add a valid check that excludes the new bounds first, in a SQL entry.',
  }
}
