import type { Named, Sequence } from '../../../schema/schema.ts'
import { childRef, refOf } from '../../../schema/schema.ts'
import type { KindRenderer, RenderContext } from '../../dialect.ts'
import { literal, qualified, quoteName } from './names.ts'
import type { Target } from './privileges.ts'
import { commentOn, decorate } from './privileges.ts'
import { renameTo } from './rename.ts'
import { changeRights } from './rights.ts'
import { ACCESS_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, lock, lockThere, stepFor } from './step.ts'

const target = (sequence: Sequence): Target => ({
  grant: `SEQUENCE ${qualified(sequence)}`, comment: `SEQUENCE ${qualified(sequence)}`, all: 'rwU', publicHas: '',
})

const ownerText = ({ ownedBy }: Sequence): string =>
  ownedBy === null ? 'OWNED BY NONE' : `OWNED BY ${qualified({ schema: ownedBy.schema, name: ownedBy.table })}.${quoteName(ownedBy.column)}`

const OPTIONS: { readonly [F in 'type' | 'increment' | 'min' | 'max' | 'start' | 'cache' | 'cycle']: (sequence: Sequence) => string } = {
  type: (sequence) => `AS ${sequence.type}`,
  increment: (sequence) => `INCREMENT BY ${sequence.increment}`,
  min: (sequence) => `MINVALUE ${sequence.min}`,
  max: (sequence) => `MAXVALUE ${sequence.max}`,
  start: (sequence) => `START WITH ${sequence.start}`,
  cache: (sequence) => `CACHE ${sequence.cache}`,
  cycle: (sequence) => (sequence.cycle ? 'CYCLE' : 'NO CYCLE'),
}

function optionText(sequence: Sequence, fields: readonly string[]): string {
  return Object.entries(OPTIONS).filter(([field]) => fields.includes(field)).map(([, write]) => write(sequence)).join(' ')
}

interface Range {
  readonly start?: string
  readonly min?: string
  readonly max?: string
}

/** True when the values so far lie outside the new bounds, which the server refuses unless the sequence starts anew. */
export function mustRestart(from: Range, to: Range): boolean {
  if (from.start === undefined || to.start === undefined || to.min === undefined || to.max === undefined) return false
  return BigInt(from.start) < BigInt(to.min) || BigInt(from.start) > BigInt(to.max)
}

/** Sets a sequence that starts beside a filled column to the number after the column's last. */
export function setToRows(sequence: string, table: Named, column: string, options: { readonly start?: string; readonly increment?: string }): string {
  const start = options.start ?? '1'
  const step = options.increment ?? '1'
  const last = step.startsWith('-') ? 'least' : 'greatest'
  const edge = step.startsWith('-') ? 'min' : 'max'
  return `SELECT setval(${sequence}, ${last}((SELECT ${edge}(${quoteName(column)}) + ${step} FROM ${qualified(table)}), ${start}), false)`
}

function takeOver(sequence: Sequence, context: RenderContext): readonly string[] {
  const { ownedBy } = sequence
  if (ownedBy === null || !context.creates(refOf('sequence', sequence))) return []
  const table = { schema: ownedBy.schema, name: ownedBy.table }
  if (context.isNew(table) || context.creates(childRef('column', table, ownedBy.column))) return []
  return [setToRows(literal(qualified(sequence)), table, ownedBy.column, sequence)]
}

/** The owner of a table is that of the sequences that its columns own; nobody else may set it. */
const hasOwner = (from: Sequence, to: Sequence): boolean => from.ownedBy !== null && to.ownedBy !== null

/** Sequences of their own, those of `serial` columns among them. */
export const sequenceRenderer: KindRenderer<'sequence'> = {
  create: (operation, context) => {
    const { to } = operation
    const owner = to.ownedBy === null ? '' : ` ${ownerText(to)}`
    const create = `CREATE ${to.unlogged === true && context.version >= 150000 ? 'UNLOGGED ' : ''}SEQUENCE ${qualified(to)} ${optionText(to, Object.keys(OPTIONS))}${owner}`
    return stepFor(operation, context, [create, ...decorate(to, target(to), context)])
  },
  drop: (operation, context) => stepFor(operation, context, [`DROP SEQUENCE ${qualified(operation.from)}`], { class: 'incompatible', locks: lockThere(context, operation.from, ACCESS_EXCLUSIVE) }),
  alter: (operation, context) => {
    const { from, to, fields } = operation
    const options = [optionText(to, fields), mustRestart(from, to) ? `RESTART WITH ${to.start}` : ''].filter((part) => part !== '').join(' ')
    const statements = [
      ...(options === '' ? [] : [`ALTER SEQUENCE ${qualified(to)} ${options}`]),
      ...(fields.includes('unlogged') && context.version >= 150000 ? [`ALTER SEQUENCE ${qualified(to)} SET ${to.unlogged === true ? 'UNLOGGED' : 'LOGGED'}`] : []),
      ...(fields.includes('ownedBy') ? [`ALTER SEQUENCE ${qualified(to)} ${ownerText(to)}`, ...takeOver(to, context)] : []),
    ]
    const comment = fields.includes('comment') ? [commentOn(target(to).comment, to.comment ?? null)] : []
    const isNew = context.creates(operation.ref)
    return [
      ...stepFor(operation, context, statements, isNew ? {} : { locks: lock(context, to, SHARE_ROW_EXCLUSIVE) }),
      ...stepFor(operation, context, comment, isNew ? {} : { locks: lock(context, to, SHARE_UPDATE_EXCLUSIVE) }),
      ...changeRights(hasOwner(from, to) ? { ...operation, fields: fields.filter((field) => field !== 'owner') } : operation, context, target(to)),
    ]
  },
  rename: renameTo('SEQUENCE'),
}
