import type { Dialect, Scope, Session, SourceText } from '../dialect.ts'
import type { Schema } from '../../schema/schema.ts'
import { alterable } from './alterable.ts'
import { approach, readersObstacle } from './approach.ts'
import { backfill } from './backfill.ts'
import { complete } from './complete.ts'
import { examine } from './examine.ts'
import { failure } from './failure.ts'
import { introspect } from './introspect.ts'
import { ledger } from './ledger-style.ts'
import { loadText } from './load-text.ts'
import type { OpenScratch } from './load-text.ts'
import type { OpenBeside } from './lock.ts'
import { makeLock } from './lock.ts'
import { measure } from './measure.ts'
import { normalise } from './normalise.ts'
import { PATIENT, peek } from './peek.ts'
import { probe, probeStored } from './probe.ts'
import { rehearsal } from './rehearsal.ts'
import { renderers } from './render/render.ts'
import { replicaLag } from './replica-lag.ts'
import { missingRights } from './rights.ts'
import { blame } from './blame.ts'
import { run, userSettings } from './run.ts'
import { unfinished } from './render/filled-column.ts'
import { sample } from './sample.ts'
import { makeCancel, makeWatch } from './watch.ts'
import { online } from './online/online.ts'
import { schemasOf } from './text/schemas.ts'
import { tryChanges } from './try-changes.ts'
import { defaultLiteral, writer } from './writer.ts'

/** The parts of the dialect; only loading whole texts needs to know how another database is reached. */
export function makeDialect(openScratch: OpenScratch, openBeside: OpenBeside): Dialect {
  return {
    name: 'postgres',
    title: 'PostgreSQL',
    capabilities: { transactionalDdl: true, schemas: true, inlineForeignKeys: false, addConstraints: true, concurrentSessions: true },
    writer, defaultLiteral, renderers, alterable, probe, probeStored, introspect, complete, normalise,
    loadText: (session: Session, texts: readonly SourceText[], scope: Scope): Promise<Schema> => loadText(session, texts, scope, openScratch),
    schemasOf, lock: makeLock(openBeside), ledger, backfill, replicaLag, approach, watch: makeWatch(openBeside), cancel: makeCancel(openBeside), run, blame, measure, peek, readersObstacle, readSettings: [PATIENT], sample, tryChanges, unfinished, online, missingRights, userSettings, failure, rehearsal, examine,
  }
}
