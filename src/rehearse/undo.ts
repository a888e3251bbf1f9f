import { diff } from '../diff/diff.ts'
import { isTrueupError } from '../errors.ts'
import { rollback } from '../methods/rollback.ts'
import { withSession } from '../methods/session.ts'
import type { Operation } from '../operations/operation.ts'
import { describe } from '../operations/operation.ts'
import { planDdl } from '../plan/ddl.ts'
import type { Schema } from '../schema/schema.ts'
import type { App } from '../survey/context.ts'
import { makeCall } from '../survey/context.ts'
import type { RehearsedUndo } from './report.ts'

/** Takes back what can be taken back: entries by their own way back; what the models brought, when nothing stays that may rest on it. */
export async function undo(app: App, applied: readonly string[], before: Schema, signal: AbortSignal | undefined): Promise<RehearsedUndo> {
  const { entries, kept } = await undoable(app, applied)
  if (entries.length > 0) await rollback(app, { entries, ...(signal && { signal }) })
  const models = kept.length === 0
  if (!models) return { entries, kept, models, verified: null }
  await reverse(app, before)
  return { entries, kept, models, verified: (await left(app, before)).length === 0 }
}

/** The entries that a rollback takes, found by asking it: what it refuses stays, and what that needs. */
async function undoable(app: App, applied: readonly string[]): Promise<Pick<RehearsedUndo, 'entries' | 'kept'>> {
  let entries = applied
  const kept: { entry: string; because: string }[] = []
  while (entries.length > 0) {
    const refused = await rollback(app, { entries, dryRun: true }).then(() => null, (error: unknown) => {
      if (isTrueupError(error) && error.code === 'rollback-refused') return error
      throw error
    })
    if (refused === null) break
    const why = new Map(refused.problems.map(({ subject, message }) => [subject.replace(/^entry /, ''), message]))
    const rest = entries.filter((id) => !why.has(id))
    if (rest.length === entries.length) throw refused
    kept.push(...entries.filter((id) => why.has(id)).map((id) => ({ entry: id, because: why.get(id) ?? '' })))
    entries = rest
  }
  return { entries, kept }
}

/** What would lead from the schema that is there to the one before. */
async function left(app: App, before: Schema): Promise<readonly Operation[]> {
  return withSession(app, makeCall(app.options), async (session) => {
    const { scope } = await app.declared()
    return diff(await app.dialect.introspect(session, scope), before)
  })
}

async function reverse(app: App, before: Schema): Promise<void> {
  const call = makeCall(app.options)
  await withSession(app, call, async (session) => {
    const { scope } = await app.declared()
    const from = await app.dialect.introspect(session, scope)
    const operations = diff(from, before)
    const steps = planDdl({ from, to: before, operations, dialect: app.dialect, defaultSchema: app.database.defaultSchema, version: session.version })
    for (const { step } of steps) await app.dialect.run(session, { step, lockTimeout: call.lockTimeout, fence: [], journal: [], defaultSchema: app.database.defaultSchema })
  })
}

/** What is not as it was, for the reader. */
export async function notUndone(app: App, before: Schema): Promise<readonly string[]> {
  return (await left(app, before)).map((operation) => describe(operation, app.database.defaultSchema))
}
