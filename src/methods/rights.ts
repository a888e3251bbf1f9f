import type { RightNeed, Session } from '../dialects/dialect.ts'
import { TrueupError } from '../errors.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { Named, Schema } from '../schema/schema.ts'
import { findTable, keyOf } from '../schema/schema.ts'
import type { App } from '../survey/context.ts'
import type { Survey } from '../survey/survey.ts'

/** @throws TrueupError `permission-denied` with every missing right and its GRANT, before anything is changed */
export async function requireRights(app: App, session: Session, survey: Survey): Promise<void> {
  const missing = await app.dialect.missingRights(session, rightsOf(app, survey))
  if (missing.length === 0) return
  throw new TrueupError('permission-denied', `This role lacks ${missing.length === 1 ? 'a right' : `${missing.length} rights`} that the plan for ${app.database.address} needs:\n${missing.map((one) => `  - ${one.object}: ${one.message}`).join('\n')}`, {
    problems: missing.map((one) => ({ subject: one.object, message: one.message, hint: one.grant })),
    hint: `Nothing was changed. Somebody with the right to do so runs:\n${missing.map((one) => `  ${one.grant}`).join('\n')}`,
  })
}

/** What a plan needs to be allowed to do. */
export function rightsOf(app: App, survey: Pick<Survey, 'plan' | 'probe' | 'live'>): readonly RightNeed[] {
  const needs: RightNeed[] = survey.plan.steps.flatMap((step) => stepRights(step, survey.live))
  const ledgerTables = [app.ledger.state, app.ledger.runs, app.ledger.entries, app.ledger.steps, app.ledger.pairs]
  if (survey.probe.ledger === null) needs.push({ right: 'create-in-schema', schema: app.ledger.schema })
  else needs.push(...ledgerTables.map((name): RightNeed => ({ right: 'write-ledger', table: { schema: app.ledger.schema, name } })))
  const seen = new Set<string>()
  return needs.filter((need) => {
    const key = JSON.stringify(need)
    return seen.has(key) ? false : seen.add(key)
  })
}

function stepRights(step: PlanStep, live: Schema): RightNeed[] {
  if (step.kind === 'backfill') return step.locks.flatMap(({ relation: table }) => [{ right: 'update' as const, table }, { right: 'all-rows' as const, table }])
  const operation = 'operation' in step ? step.operation : undefined
  // Two columns are kept in step by a function beside the table, and names change hands there.
  if (operation === undefined) return step.kind === 'ddl' ? step.locks.flatMap(({ relation }): RightNeed[] => [{ right: 'own-table', table: relation }, { right: 'create-in-schema', schema: relation.schema }]) : []
  const needs: RightNeed[] = []
  const owner: Named | null = operation.ref.table === undefined ? null : { schema: operation.ref.schema, name: operation.ref.table }
  const there = (name: Named): boolean => findTable(live, name) !== undefined
  if (operation.kind === 'namespace' && operation.verb === 'create') needs.push({ right: 'create-schema' })
  else if (owner === null && operation.verb === 'create' && operation.ref.schema !== '' && namespaceIsThere(live, operation.ref.schema)) needs.push({ right: 'create-in-schema', schema: operation.ref.schema })
  if (owner !== null && there(owner)) needs.push({ right: 'own-table', table: owner })
  if (operation.kind === 'table' && operation.verb !== 'create') needs.push({ right: 'own-table', table: operation.ref })
  if (operation.kind === 'enum' && operation.verb === 'alter') needs.push({ right: 'own-type', type: operation.ref })
  if (operation.kind === 'constraint' && operation.verb === 'create' && operation.to.type === 'foreignKey') {
    const target = { schema: operation.to.references.schema, name: operation.to.references.table }
    if (there(target) && (owner === null || keyOf(target) !== keyOf(owner))) needs.push({ right: 'references', table: target })
  }
  return needs
}

const namespaceIsThere = (live: Schema, name: string): boolean => live.namespace.length === 0 || live.namespace.some((namespace) => namespace.name === name)
