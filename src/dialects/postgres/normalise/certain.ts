import type { Normalised } from '../../dialect.ts'
import type { Column, Table } from '../../../schema/schema.ts'
import { childRef } from '../../../schema/schema.ts'
import { isBuiltin } from '../types.ts'
import { columnAgrees, constraintAgrees, indexAgrees } from './cheap.ts'

type Incomparable = Normalised['incomparable'][number]

const REASON = 'only the server can say whether the two texts mean the same, and it cannot be asked here'

/**
 * The declaration as far as it can be compared without the server. Texts that are not certainly the same are neither same nor
 * changed: they are named, and the live words stand in for them.
 */
export function certainParts(declared: Table, live: Table): { readonly table: Table; readonly incomparable: readonly Incomparable[] } {
  const incomparable: Incomparable[] = []
  const columns = declared.columns.map((column) => {
    const there = live.columns.find((one) => one.name === column.name)
    if (there === undefined || columnAgrees(column, there)) return column
    const open = openFields(column, there)
    incomparable.push(...open.map((field) => ({ ref: childRef('column', declared, column.name), field, reason: REASON })))
    return { ...column, ...Object.fromEntries(open.map((field) => [field, there[field]])) }
  })
  const constraints = declared.constraints.map((one) => {
    const agreed = constraintAgrees(one, live.constraints)
    const there = live.constraints.find((candidate) => candidate.name === one.name && candidate.type === one.type)
    if (agreed !== null) return agreed.type === 'check' && one.type === 'check' ? { ...one, expression: agreed.expression } : one
    if (there === undefined) return one
    incomparable.push({ ref: childRef('constraint', declared, one.name), field: one.type === 'check' ? 'expression' : 'definition', reason: REASON })
    return { ...there, ...(one.named === undefined ? {} : { named: one.named }) }
  })
  const indexes = declared.indexes.map((one) => {
    const agreed = indexAgrees(one, live.indexes)
    const there = live.indexes.find((candidate) => candidate.name === one.name)
    if (agreed !== null) return agreed === one ? one : { ...one, keys: agreed.keys, where: agreed.where }
    if (there === undefined) return one
    incomparable.push({ ref: childRef('index', declared, one.name), field: 'keys', reason: REASON })
    return { ...one, keys: there.keys, where: there.where }
  })
  return { table: { ...declared, columns, constraints, indexes }, incomparable }
}

/** A built-in type that differs differs for certain; expressions and other types only may. */
function openFields(declared: Column, live: Column): readonly ('type' | 'default' | 'generated' | 'collation')[] {
  const open: ('type' | 'default' | 'generated' | 'collation')[] = []
  if (declared.type !== live.type && !(isBuiltin(declared.type) && isBuiltin(live.type))) open.push('type')
  if (declared.default !== null && live.default !== null && !columnAgrees({ ...declared, type: live.type }, { ...live, collation: declared.collation ?? null })) open.push('default')
  if (declared.generated != null && live.generated != null) open.push('generated')
  if (declared.collation != null && live.collation != null && declared.collation !== live.collation) open.push('collation')
  return open
}
