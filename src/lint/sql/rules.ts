import { BREAKING } from './breaking.ts'
import { DATA_LOSS } from './data-loss.ts'
import { INDEXES, PARTITIONS } from './indexes.ts'
import { LOCKS } from './locks.ts'
import { REWRITES } from './rewrites.ts'
import type { StatementRule } from './rule.ts'
import { SQLITE } from './sqlite.ts'
import { TYPES } from './types.ts'
import { VALIDATION } from './validation.ts'

/** Every rule about statements. Codes are stable: a family and a number. */
export const STATEMENT_RULES: readonly StatementRule[] = [...LOCKS, ...REWRITES, ...VALIDATION, ...INDEXES, ...PARTITIONS, ...DATA_LOSS, ...BREAKING, ...TYPES, ...SQLITE]
