import type { Sequence } from '../../../schema/schema.ts'
import type { KindRenderer } from '../../dialect.ts'
import { qualified, quoteName } from './names.ts'
import type { Target } from './privileges.ts'
import { decorate, redecorate } from './privileges.ts'
import { renameTo } from './rename.ts'
import { SHARE_ROW_EXCLUSIVE, lock, stepFor } from './step.ts'

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

/** Sequences of their own, those of `serial` columns among them. */
export const sequenceRenderer: KindRenderer<'sequence'> = {
  create: (operation, context) => {
    const { to } = operation
    const owner = to.ownedBy === null ? '' : ` ${ownerText(to)}`
    const create = `CREATE ${to.unlogged === true && context.version >= 150000 ? 'UNLOGGED ' : ''}SEQUENCE ${qualified(to)} ${optionText(to, Object.keys(OPTIONS))}${owner}`
    return stepFor(operation, context, [create, ...decorate(to, target(to), context)])
  },
  drop: (operation, context) => stepFor(operation, context, [`DROP SEQUENCE ${qualified(operation.from)}`], { class: 'incompatible' }),
  alter: (operation, context) => {
    const { from, to, fields } = operation
    const options = [optionText(to, fields), mustRestart(from, to) ? `RESTART WITH ${to.start}` : ''].filter((part) => part !== '').join(' ')
    const statements = [
      ...(options === '' ? [] : [`ALTER SEQUENCE ${qualified(to)} ${options}`]),
      ...(fields.includes('unlogged') && context.version >= 150000 ? [`ALTER SEQUENCE ${qualified(to)} SET ${to.unlogged === true ? 'UNLOGGED' : 'LOGGED'}`] : []),
      ...(fields.includes('ownedBy') ? [`ALTER SEQUENCE ${qualified(to)} ${ownerText(to)}`] : []),
      ...redecorate(from, to, fields, target(to)),
    ]
    const isNew = context.creates(operation.ref)
    return stepFor(operation, context, statements, isNew ? {} : { locks: lock(context, to, SHARE_ROW_EXCLUSIVE) })
  },
  rename: renameTo('SEQUENCE'),
}
