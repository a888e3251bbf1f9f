import type { Constraint, PrimaryKey, Table, Unique } from '../schema/schema.ts'

/**
 * Of keys that one CREATE TABLE says twice PostgreSQL keeps the first, the primary key before all (`transformIndexConstraints` of
 * its parser). What a tool writes into its CREATE TABLE is not made a second time, then, and stays where somebody added it later.
 */
export function withoutTwins(constraints: readonly Constraint[]): Pick<Table, 'constraints' | 'leaves'> {
  const known = new Set(constraints.flatMap((one) => (one.type === 'primaryKey' ? [fingerprint(one.columns, one)] : [])))
  const leaves: string[] = []
  const kept = constraints.filter((one) => {
    if (one.type !== 'unique') return true
    const key = fingerprint(one.columns, one)
    if (known.has(key)) leaves.push(one.name)
    return !known.has(key) && known.add(key)
  })
  return { constraints: kept, ...(leaves.length > 0 && { leaves }) }
}

function fingerprint(columns: readonly string[], { deferrable = 'no', nullsNotDistinct = false }: Pick<PrimaryKey, 'deferrable'> & Pick<Unique, 'nullsNotDistinct'>): string {
  return JSON.stringify([columns, deferrable, nullsNotDistinct])
}
