import type { ForeignKey, ReferenceAction } from '../../schema/schema.ts'
import type { Cursor } from './cursor.ts'

const MATCHES: Readonly<Record<string, 'simple' | 'full' | 'partial'>> = { SIMPLE: 'simple', FULL: 'full', PARTIAL: 'partial' }

/** What may follow `REFERENCES table (columns)`. */
export function parseForeignKeyClauses(cursor: Cursor): Pick<ForeignKey, 'onDelete' | 'onUpdate' | 'deferrable' | 'match'> {
  let onDelete: ReferenceAction = 'no action'
  let onUpdate: ReferenceAction = 'no action'
  let match: ForeignKey['match']
  let deferrable: NonNullable<ForeignKey['deferrable']> = 'no'
  for (;;) {
    if (cursor.accept('ON', 'DELETE')) onDelete = readAction(cursor)
    else if (cursor.accept('ON', 'UPDATE')) onUpdate = readAction(cursor)
    else if (cursor.accept('MATCH')) match = MATCHES[cursor.name().toUpperCase()]
    else if (cursor.accept('NOT', 'DEFERRABLE')) {
      if (!cursor.accept('INITIALLY', 'DEFERRED')) cursor.accept('INITIALLY', 'IMMEDIATE')
    } else if (cursor.accept('DEFERRABLE')) {
      deferrable = cursor.accept('INITIALLY', 'DEFERRED') ? 'deferred' : 'immediate'
      cursor.accept('INITIALLY', 'IMMEDIATE')
    } else return { onDelete, onUpdate, deferrable, ...(match && { match }) }
  }
}

function readAction(cursor: Cursor): ReferenceAction {
  if (cursor.accept('SET', 'NULL')) return 'set null'
  if (cursor.accept('SET', 'DEFAULT')) return 'set default'
  if (cursor.accept('CASCADE')) return 'cascade'
  if (cursor.accept('RESTRICT')) return 'restrict'
  cursor.accept('NO', 'ACTION')
  return 'no action'
}
