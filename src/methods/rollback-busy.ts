import type { HeldLock, Session } from '../dialects/dialect.ts'
import { TrueupError } from '../errors.ts'
import { acquireLock, jitter, leaseHolder, pause } from '../execute/execute.ts'
import type { OpenRecord } from '../ledger/ledger.ts'
import { readOpen } from '../ledger/ledger.ts'
import type { Named } from '../schema/schema.ts'
import { displayName, keyOf } from '../schema/schema.ts'
import type { App, Call } from '../survey/context.ts'
import type { UndoStep } from './rollback-plan.ts'
import { look } from './session.ts'

/** A long step that has to do with what is undone, and who works on it. */
export interface Busy {
  readonly title: string
  readonly owner: string
}

/** Milliseconds between two looks, and between two lines about them. */
const LOOK_EVERY = 500
const TELL_EVERY = 5_000

/**
 * Takes the starters' lock at a moment at which nobody works on what shall be undone. Leases are only taken under that lock, so
 * that nobody begins while it is held. Whoever is at work keeps nobody else from starting meanwhile.
 *
 * @throws TrueupError `lock-wait-timeout`, `interrupted`, and what `plan` throws
 */
export async function acquireIdle(app: App, session: Session, call: Call, plan: () => Promise<readonly UndoStep[]>): Promise<{ readonly lock: HeldLock; readonly steps: readonly UndoStep[] }> {
  const began = Date.now()
  let told = -TELL_EVERY
  for (;;) {
    const { lock } = await acquireLock(app.dialect.lock, session, {
      key: app.lockKey, patience: Math.max(0, call.waitForLock - (Date.now() - began)), signal: call.signal, onWait: (holder) => app.logger.info(`Waiting for another start to finish (${holder ?? 'unknown'}).`),
    })
    let isTaken = false
    try {
      const steps = await plan()
      const busy = await busyWith(app, session, steps)
      isTaken = busy.length === 0
      if (isTaken) return { lock, steps }
      const waited = Date.now() - began
      if (waited >= call.waitForLock) throw tooLong(busy, waited)
      if (waited - told >= TELL_EVERY) {
        told = waited
        app.logger.info(`Waiting for ${describe(busy)}. ${wayToEnd(busy)}`)
      }
    } finally {
      if (!isTaken) await lock.release()
    }
    await pause(Math.min(jitter(LOOK_EVERY), Math.max(1, call.waitForLock - (Date.now() - began))), call.signal)
  }
}

/** Who works on long steps of what shall be undone, as the leases tell. */
export async function busyWith(app: App, session: Session, steps: readonly UndoStep[]): Promise<readonly Busy[]> {
  const found: Busy[] = []
  for (const record of readOpen((await look(app, session)).ledger?.state).values()) {
    if (!steps.some((step) => concerns(app, record, step))) continue
    const owner = await leaseHolder(app.dialect.lock, session, app.lockKey, record.key)
    if (owner !== null) found.push({ title: record.title, owner })
  }
  return found
}

/** In doubt it does: an author's SQL may undo anything. */
function concerns(app: App, record: OpenRecord, { row, statements, locks }: UndoStep): boolean {
  const ids = [record.entry, ...app.registry.entries.filter(({ id }) => id === record.entry).flatMap(({ dependsOn }) => dependsOn)]
  if (ids.includes(row.id)) return true
  if (statements.length === 0) return false
  return locks.length === 0 || locks.some(({ relation }) => isOn(app, record, relation))
}

function isOn(app: App, { key, entry: id }: OpenRecord, table: Named): boolean {
  const entry = app.registry.entries.find((one) => one.id === id)
  if (entry?.kind === 'backfill') return keyOf({ schema: entry.entry.backfill.schema ?? app.database.defaultSchema, name: entry.entry.backfill.table }) === keyOf(table)
  // An entry that this build does not know may be on any table.
  if (key.startsWith('entry ')) return true
  const path = [table.schema, table.name].filter((part) => part !== '').map((name) => displayName({ name })).join('.')
  return key.slice(key.indexOf(' ') + 1).startsWith(`${path}.`)
}

function tooLong(busy: readonly Busy[], waited: number): TrueupError {
  return new TrueupError('lock-wait-timeout', `Somebody works on what shall be rolled back: ${describe(busy)}. Waited ${(waited / 1000).toFixed(1)} s.`, {
    hint: `Nothing was changed. ${wayToEnd(busy)} Or wait until it is done, as \`trueup status\` tells, or longer, with waitForLock.`,
    details: { holder: busy[0]?.owner ?? null, waited, steps: busy.map(({ title }) => title) },
  })
}

/** Each of them with all that it has taken, of which it works on one thing at a time. */
function describe(busy: readonly Busy[]): string {
  const owners = [...new Set(busy.map(({ owner }) => owner))]
  return owners.map((owner) => `${owner}, at work on: ${busy.filter((one) => one.owner === owner).map(({ title }) => title).join('; ')}`).join(' | ')
}

function wayToEnd(busy: readonly Busy[]): string {
  const pids = busy.flatMap(({ owner }) => /^pid (\d+)/.exec(owner)?.[1] ?? [])
  const byServer = pids[0] === undefined ? '' : ` A process that cannot be reached is cut off by SELECT pg_terminate_backend(${pids[0]}).`
  return `To end it, stop the processes of the release that is undone (SIGTERM): each parks at its next batch.${byServer}`
}
