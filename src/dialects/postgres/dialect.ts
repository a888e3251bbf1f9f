import type { Dialect, Scope, Session, SourceText } from '../dialect.ts'
import type { Schema } from '../../schema/schema.ts'
import { alterable } from './alterable.ts'
import { backfill } from './backfill.ts'
import { complete } from './complete.ts'
import { examine } from './examine.ts'
import { failure } from './failure.ts'
import { introspect } from './introspect.ts'
import { ledger } from './ledger-style.ts'
import { loadText } from './load-text.ts'
import type { OpenScratch } from './load-text.ts'
import { lock } from './lock.ts'
import { normalise } from './normalise.ts'
import { probe } from './probe.ts'
import { renderers } from './render/render.ts'
import { missingRights } from './rights.ts'
import { run, userSettings } from './run.ts'
import { schemasOf } from './text/schemas.ts'
import { defaultLiteral, writer } from './writer.ts'

/** The parts of the dialect; only loading whole texts needs to know how another database is reached. */
export function makeDialect(openScratch: OpenScratch): Dialect {
  return {
    name: 'postgres',
    title: 'PostgreSQL',
    capabilities: { transactionalDdl: true, schemas: true, inlineForeignKeys: false, addConstraints: true, concurrentSessions: true },
    writer, defaultLiteral, renderers, alterable, probe, introspect, complete, normalise,
    loadText: (session: Session, texts: readonly SourceText[], scope: Scope): Promise<Schema> => loadText(session, texts, scope, openScratch),
    schemasOf, lock, ledger, backfill, run, missingRights, userSettings, failure, examine,
  }
}
