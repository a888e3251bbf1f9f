import type { Problem } from '../errors.ts'
import { TrueupError, describeProblem } from '../errors.ts'
import { sortByNeeds } from '../graph.ts'
import type { BackfillEntry, ColumnEntry, ContractEntry, Entry, EntryKind, Migration, Registry, RegistryRules, RenameEntry, RetypeEntry, RunEntry, SqlEntry } from './entry.ts'
import { shapeProblems } from './shape.ts'

export type * from './entry.ts'
export { shareOf } from './pacing.ts'
export { checksumOf, statementsOf, sqlText } from './checksum.ts'

/**
 * Checks the shape of all entries and puts them into the order in which they run: after what they depend on, otherwise as
 * written.
 *
 * @throws TrueupError `registry-invalid` with every mistake at once, each naming entry and field
 */
export function makeRegistry(migrations: readonly Migration[], rules: RegistryRules = {}): Registry {
  const problems: Problem[] = []
  const entries: Entry[] = []
  migrations.forEach((migration, position) => {
    const subject = nameOf(migration, position)
    const found = shapeProblems(migration, subject, rules)
    problems.push(...found.problems)
    if (found.kind !== null && found.problems.length === 0) entries.push(toEntry(migration, found.kind, position))
  })
  problems.push(...duplicateProblems(migrations), ...dependencyProblems(migrations), ...contractProblems(migrations))
  const sorted = sortByNeeds(entries, (entry) => entry.id, (entry) => entry.dependsOn)
  if (sorted.order === null) problems.push(cycleProblem(sorted.cycle))
  if (problems.length > 0 || sorted.order === null) throw invalid(problems)
  return { entries: sorted.order }
}

/** The id of an entry: its own, or the one that its content gives. `null` when neither is there. */
export function idOf(migration: Migration): string | null {
  if (typeof migration.id === 'string') return migration.id
  if ('rename' in migration) {
    const { schema, table, column, to } = migration.rename ?? {}
    return [schema, table, column].filter((part) => part !== undefined).join('.') + ` -> ${to}`
  }
  if ('column' in migration) return [migration.schema, migration.table, migration.column].filter((part) => part !== undefined).join('.')
  return null
}

function nameOf(migration: Migration, position: number): string {
  const id = typeof migration === 'object' && migration !== null ? idOf(migration) : null
  return id === null || id === '' ? `entry ${position + 1}` : `entry ${id}`
}

function toEntry(migration: Migration, kind: EntryKind, position: number): Entry {
  const common = {
    id: idOf(migration) ?? '',
    description: migration.description ?? null,
    // What contracts an entry is never carried out, and never stays, without it.
    dependsOn: [...(migration.dependsOn ?? []), ...('contract' in migration ? [migration.contract] : [])],
    compatible: migration.compatible ?? (kind === 'column' || isOnline(migration)),
    position,
  }
  switch (kind) {
    case 'column':
      return { ...common, kind, entry: migration as ColumnEntry }
    case 'rename':
      return { ...common, kind, entry: migration as RenameEntry }
    case 'retype':
      return { ...common, kind, entry: migration as RetypeEntry }
    case 'contract':
      return { ...common, kind, entry: migration as ContractEntry }
    case 'sql':
      return { ...common, kind, entry: migration as SqlEntry }
    case 'backfill':
      return { ...common, kind, entry: migration as BackfillEntry }
    case 'run':
      return { ...common, kind, entry: migration as RunEntry }
  }
}

/** True for an entry after which old and new code both work. */
export const isOnline = (migration: Migration): boolean => 'online' in migration && migration.online === true

function contractProblems(migrations: readonly Migration[]): Problem[] {
  const known = migrations.filter((one) => typeof one === 'object' && one !== null)
  return known.flatMap((migration, position) => {
    if (!('contract' in migration) || typeof migration.contract !== 'string') return []
    const other = known.find((one) => idOf(one) === migration.contract)
    const subject = nameOf(migration, position)
    if (other === undefined) return [{ subject, field: 'contract', message: `names ${JSON.stringify(migration.contract)}, which no entry has as its id.`, hint: 'Keep the online entry among the migrations: what it contracts is read from it.' }]
    return isOnline(other) ? [] : [{ subject, field: 'contract', message: `names ${migration.contract}, which is not an online entry: it leaves nothing behind.` }]
  })
}

function duplicateProblems(migrations: readonly Migration[]): Problem[] {
  const seen = new Set<string>()
  const problems: Problem[] = []
  for (const migration of migrations) {
    const id = typeof migration === 'object' && migration !== null ? idOf(migration) : null
    if (id === null) continue
    if (seen.has(id)) problems.push({ subject: `entry ${id}`, field: 'id', message: 'is used by two entries.', hint: 'Give each its own id.' })
    seen.add(id)
  }
  return problems
}

function dependencyProblems(migrations: readonly Migration[]): Problem[] {
  const ids = new Set(migrations.map((migration) => (typeof migration === 'object' && migration !== null ? idOf(migration) : null)))
  return migrations.flatMap((migration, position) => {
    if (typeof migration !== 'object' || migration === null || !Array.isArray(migration.dependsOn)) return []
    return migration.dependsOn
      .filter((id) => !ids.has(id))
      .map((id) => ({ subject: nameOf(migration, position), field: 'dependsOn', message: `names ${JSON.stringify(id)}, which no entry has as its id.` }))
  })
}

function cycleProblem(cycle: readonly Entry[]): Problem {
  const path = [...cycle, cycle[0] as Entry].map((entry) => entry.id).join(' -> ')
  return { subject: `entry ${cycle[0]?.id}`, field: 'dependsOn', message: `leads back to itself: ${path}.`, hint: 'Remove one of these dependencies.' }
}

function invalid(problems: readonly Problem[]): TrueupError {
  const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`
  return new TrueupError('registry-invalid', `The migrations hold ${count}:\n${problems.map((p) => `  - ${describeProblem(p)}`).join('\n')}`, {
    problems,
    hint: 'Nothing was sent to the database. Correct the entries named above and start again.',
  })
}
