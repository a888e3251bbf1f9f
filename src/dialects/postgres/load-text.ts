import type { Scope, Session, SourceText } from '../dialect.ts'
import type { Schema } from '../../schema/schema.ts'
import { introspect } from './introspect.ts'
export type OpenScratch = <T>(work: (scratch: Session) => Promise<T>) => Promise<T>
export async function loadText(_session: Session, texts: readonly SourceText[], scope: Scope, openScratch: OpenScratch): Promise<Schema> {
  return openScratch(async (scratch) => { for (const { text } of texts) await scratch.execute(text || 'SELECT 1'); return introspect(scratch, scope) })
}
