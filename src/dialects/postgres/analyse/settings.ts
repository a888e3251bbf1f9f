import type { LockStmt, TransactionStmt, VariableSetStmt } from 'libpg-query'
import { LOCK_MODES } from '../../facts.ts'
import type { Collector } from './collector.ts'
import { as } from './tree.ts'

/** Milliseconds of a time-out as it may be written: `'2s'`, `500`, `'1min'`; `null` for what is none. */
export function milliseconds(value: string): number | null {
  const parts = /^\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*$/.exec(value)
  if (parts === null) return null
  const units: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }
  return Number(parts[1]) * (units[parts[2] ?? 'ms'] ?? 1)
}

export function setVariable(statement: VariableSetStmt, collect: Collector): void {
  const constant = as(statement.args?.[0], 'A_Const')
  const value = constant?.sval?.sval ?? (constant?.ival !== undefined ? String(constant.ival.ival ?? 0) : constant?.fval?.fval ?? null)
  collect.act({ do: 'set', name: (statement.name ?? '').toLowerCase(), value: statement.kind === 'VAR_SET_VALUE' ? value : null, local: statement.is_local === true })
}

/** LOCK TABLE; the parser numbers the modes from 1. */
export function lockTable(statement: LockStmt, collect: Collector): void {
  const mode = LOCK_MODES[(statement.mode ?? LOCK_MODES.length) - 1] ?? 'ACCESS EXCLUSIVE'
  for (const node of statement.relations ?? []) {
    const table = collect.relation(as(node, 'RangeVar'))
    collect.lock(table, mode)
    collect.act({ do: 'lock-table', ...collect.on(table), mode })
  }
}

/** What a transaction statement does to the state; `null` for what leaves it as it is. */
export function transactionVerb(statement: TransactionStmt): 'begin' | 'commit' | 'rollback' | null {
  switch (statement.kind) {
    case 'TRANS_STMT_BEGIN':
    case 'TRANS_STMT_START':
      return 'begin'
    case 'TRANS_STMT_COMMIT':
    case 'TRANS_STMT_PREPARE':
      return 'commit'
    case 'TRANS_STMT_ROLLBACK':
      return 'rollback'
    default:
      return null
  }
}
