import type { Policy } from '../../schema/schema.ts'
import type { DrizzlePolicy } from './entity.ts'
import { isKind, member } from './entity.ts'
import { Refusal } from '../problems.ts'
import type { Reading } from './reading.ts'
import { writeOwn } from './reading.ts'

const COMMANDS: readonly Policy['command'][] = ['all', 'select', 'insert', 'update', 'delete']

/** A policy of `pgPolicy`. Drizzle's defaults are the server's: permissive, for all commands, to everybody. */
export function postgresPolicy(reading: Reading, subject: string, policy: DrizzlePolicy): Policy {
  const expression = (sql: object | undefined): string | null =>
    sql === undefined ? null : reading.problems.attempt(subject, policy.name, null, () => writeOwn(reading, sql))
  return {
    name: reading.names.written(policy.name),
    command: COMMANDS.find((command) => command === policy.for) ?? 'all',
    permissive: policy.as !== 'restrictive',
    roles: reading.problems.attempt(subject, policy.name, ['public'], () => rolesOf(policy.to)),
    using: expression(policy.using),
    check: expression(policy.withCheck),
  }
}

function rolesOf(to: unknown): readonly string[] {
  if (to === undefined) return ['public']
  const roles: readonly unknown[] = Array.isArray(to) ? to : [to]
  return roles.map(roleName).sort()
}

function roleName(role: unknown): string {
  if (typeof role === 'string') return role
  const name = isKind(role, 'PgRole') ? member<string>(role, 'name') : undefined
  if (name === undefined) throw new Refusal(`${String(role)} is no role`)
  return name
}
