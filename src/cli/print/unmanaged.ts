import type { Unmanaged } from '../../schema/schema.ts'
import type { Paint } from '../io.ts'
import { section } from './plan.ts'
import { table } from './table.ts'

/**
 * What is there and takes no part: first what trueup cannot describe, then what was told, or is known, to belong to others. Each
 * is named: nothing is left out in silence.
 */
export function unmanagedLines(unmanaged: readonly Unmanaged[], paint: Paint): string[] {
  return [...block('Not supported (never compared, never changed)', 'unsupported', unmanaged, paint), ...block('Tolerated (belongs to others)', 'tolerated', unmanaged, paint)]
}

function block(heading: string, reason: Unmanaged['reason'], unmanaged: readonly Unmanaged[], paint: Paint): string[] {
  return section(heading, table(unmanaged.filter((item) => item.reason === reason).map((item) => [`  ${item.kind} ${item.name}`, item.because])), paint)
}
