import type { Policy } from '../../../schema/schema.ts'
import type { KindRenderer } from '../../dialect.ts'
import { stable } from './expression.ts'
import { qualified, quoteName, relationOf } from './names.ts'
import { commentOn } from './privileges.ts'
import { renameOn } from './rename.ts'
import { ACCESS_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, lock, lockAll, stepFor } from './step.ts'

const ENABLE = { origin: 'ENABLE', disabled: 'DISABLE', replica: 'ENABLE REPLICA', always: 'ENABLE ALWAYS' } as const

/** Triggers. */
export const triggerRenderer: KindRenderer<'trigger'> = {
  create: (operation, context) => {
    const { to } = operation
    const table = relationOf(operation.ref)
    const statements = [
      stable(to.definition),
      ...(to.enabled === 'origin' ? [] : [`ALTER TABLE ${qualified(table)} ${ENABLE[to.enabled]} TRIGGER ${quoteName(to.name)}`]),
      ...(to.comment == null ? [] : [commentOn(`TRIGGER ${quoteName(to.name)} ON ${qualified(table)}`, to.comment)]),
    ]
    return stepFor(operation, context, statements, { locks: lockAll(context, table, SHARE_ROW_EXCLUSIVE) })
  },
  drop: (operation, context) => {
    const table = relationOf(operation.ref)
    return stepFor(operation, context, [`DROP TRIGGER ${quoteName(operation.from.name)} ON ${qualified(table)}`], {
      class: 'incompatible', locks: lockAll(context, table, ACCESS_EXCLUSIVE),
    })
  },
  alter: (operation, context) => {
    const { to, fields } = operation
    const table = relationOf(operation.ref)
    const replaces = fields.includes('definition')
    const statements = [
      ...(replaces ? [stable(to.definition).replace(/^CREATE TRIGGER/, 'CREATE OR REPLACE TRIGGER')] : []),
      ...(fields.includes('enabled') || (replaces && to.enabled !== 'origin') ? [`ALTER TABLE ${qualified(table)} ${ENABLE[to.enabled]} TRIGGER ${quoteName(to.name)}`] : []),
      ...(fields.includes('comment') ? [commentOn(`TRIGGER ${quoteName(to.name)} ON ${qualified(table)}`, to.comment ?? null)] : []),
    ]
    return stepFor(operation, context, statements, { locks: lockAll(context, table, SHARE_ROW_EXCLUSIVE) })
  },
  rename: renameOn('TRIGGER'),
}

/** The server ends a rule's text with a semicolon; ours end where they are sent or printed. */
const ruleText = (definition: string): string => stable(definition).replace(/;$/, '')

/** Rules. */
export const ruleRenderer: KindRenderer<'rule'> = {
  create: (operation, context) => {
    const { to } = operation
    const table = relationOf(operation.ref)
    const statements = [
      ruleText(to.definition),
      ...(to.enabled === undefined || to.enabled === 'origin' ? [] : [`ALTER TABLE ${qualified(table)} ${ENABLE[to.enabled]} RULE ${quoteName(to.name)}`]),
      ...(to.comment == null ? [] : [commentOn(`RULE ${quoteName(to.name)} ON ${qualified(table)}`, to.comment)]),
    ]
    return stepFor(operation, context, statements, { locks: lock(context, table, ACCESS_EXCLUSIVE) })
  },
  drop: (operation, context) => {
    const table = relationOf(operation.ref)
    return stepFor(operation, context, [`DROP RULE ${quoteName(operation.from.name)} ON ${qualified(table)}`], {
      class: 'incompatible', locks: lock(context, table, ACCESS_EXCLUSIVE),
    })
  },
  alter: (operation, context) => {
    const { to, fields } = operation
    const table = relationOf(operation.ref)
    const statements = [
      ...(fields.includes('definition') ? [ruleText(to.definition).replace(/^CREATE RULE/, 'CREATE OR REPLACE RULE')] : []),
      ...(fields.includes('enabled') ? [`ALTER TABLE ${qualified(table)} ${ENABLE[to.enabled ?? 'origin']} RULE ${quoteName(to.name)}`] : []),
      ...(fields.includes('comment') ? [commentOn(`RULE ${quoteName(to.name)} ON ${qualified(table)}`, to.comment ?? null)] : []),
    ]
    return stepFor(operation, context, statements, { locks: lock(context, table, ACCESS_EXCLUSIVE) })
  },
  rename: renameOn('RULE'),
}

const KEYWORD_ROLES = new Set(['public', 'current_user', 'session_user', 'current_role'])
const roleList = (roles: readonly string[]): string =>
  roles.length === 0 ? 'PUBLIC' : roles.map((role) => (KEYWORD_ROLES.has(role.toLowerCase()) ? role.toUpperCase() : quoteName(role))).join(', ')

function policyText(policy: Policy, table: string): string {
  return [
    `CREATE POLICY ${quoteName(policy.name)} ON ${table}`,
    policy.permissive ? '' : 'AS RESTRICTIVE',
    policy.command === 'all' ? '' : `FOR ${policy.command.toUpperCase()}`,
    `TO ${roleList(policy.roles)}`,
    policy.using === null ? '' : `USING (${stable(policy.using)})`,
    policy.check === null ? '' : `WITH CHECK (${stable(policy.check)})`,
  ].filter((part) => part !== '').join(' ')
}

/** Row security policies. */
export const policyRenderer: KindRenderer<'policy'> = {
  create: (operation, context) => {
    const { to } = operation
    const table = relationOf(operation.ref)
    const statements = [
      policyText(to, qualified(table)),
      ...(to.comment == null ? [] : [commentOn(`POLICY ${quoteName(to.name)} ON ${qualified(table)}`, to.comment)]),
    ]
    return stepFor(operation, context, statements, { locks: lock(context, table, ACCESS_EXCLUSIVE), ...(context.isNew(table) ? {} : { class: 'incompatible' as const }) })
  },
  drop: (operation, context) => {
    const table = relationOf(operation.ref)
    return stepFor(operation, context, [`DROP POLICY ${quoteName(operation.from.name)} ON ${qualified(table)}`], {
      class: 'incompatible', locks: lock(context, table, ACCESS_EXCLUSIVE),
    })
  },
  alter: (operation, context) => {
    const { to, fields } = operation
    const table = relationOf(operation.ref)
    const parts = [
      fields.includes('roles') ? `TO ${roleList(to.roles)}` : '',
      fields.includes('using') && to.using !== null ? `USING (${stable(to.using)})` : '',
      fields.includes('check') && to.check !== null ? `WITH CHECK (${stable(to.check)})` : '',
    ].filter((part) => part !== '')
    const statements = [
      ...(parts.length === 0 ? [] : [`ALTER POLICY ${quoteName(to.name)} ON ${qualified(table)} ${parts.join(' ')}`]),
      ...(fields.includes('comment') ? [commentOn(`POLICY ${quoteName(to.name)} ON ${qualified(table)}`, to.comment ?? null)] : []),
    ]
    return stepFor(operation, context, statements, { class: 'incompatible', locks: lock(context, table, ACCESS_EXCLUSIVE) })
  },
  rename: renameOn('POLICY'),
}
