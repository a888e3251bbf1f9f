import type { Schema, Unmanaged } from '../../src/schema/schema.ts'

const ident = (name: string): string => (/^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`)

/** Without what is written now with and now without: quotes, the server's own schema, spaces in lists. */
export const plainly = (identity: string): string => identity.replaceAll('"', '').replaceAll('pg_catalog.', '').replace(/, /g, ',').replace(/ \(/g, '(')

/** The objects of a description as the server identifies them: its word for the kind, and the identity. */
export function accountOf(schema: Schema): ReadonlySet<string> {
  const found = new Set<string>()
  const path = (one: { readonly schema: string; readonly name: string }): string => `${ident(one.schema)}.${ident(one.name)}`
  const add = (type: string, identity: string): void => void found.add(plainly(`${type} ${identity}`))
  for (const one of schema.namespace) add('schema', ident(one.name))
  for (const [type, list] of Object.entries({
    extension: schema.extension, 'event trigger': schema.eventTrigger, publication: schema.publication, server: schema.server, 'foreign-data wrapper': schema.wrapper,
    subscription: schema.subscription,
  })) for (const one of list) add(type, ident(one.name))
  for (const one of [...schema.enum, ...schema.domain, ...schema.range]) add('type', path(one))
  for (const one of schema.composite) for (const type of ['composite type', 'type']) add(type, path(one))
  for (const one of schema.collation) add('collation', path(one))
  for (const one of schema.sequence) add('sequence', path(one))
  for (const one of schema.statistics) add('statistics object', path(one))
  for (const one of schema.domain) for (const check of one.checks) add('domain constraint', `${ident(check.name)} on ${path(one)}`)
  for (const one of schema.routine) add(one.routine === 'window' ? 'function' : one.routine, `${path(one)}(${one.signature.replaceAll(', ', ',')})`)
  for (const one of schema.table) {
    add(one.foreign == null ? 'table' : 'foreign table', path(one))
    for (const item of one.constraints) add('table constraint', `${ident(item.name)} on ${path(one)}`)
    for (const item of one.policies ?? []) add('policy', `${ident(item.name)} on ${path(one)}`)
  }
  for (const one of schema.view) add(one.materialized ? 'materialized view' : 'view', path(one))
  for (const one of [...schema.table, ...schema.view]) {
    for (const item of one.indexes ?? []) add('index', path({ schema: one.schema, name: item.name }))
    for (const item of one.triggers ?? []) add('trigger', `${ident(item.name)} on ${path(one)}`)
    for (const item of one.rules ?? []) add('rule', `${ident(item.name)} on ${path(one)}`)
  }
  for (const one of schema.userMapping) add('user mapping', `${one.user} on server ${one.server}`)
  for (const one of schema.defaultPrivilege) {
    const [, role = '', space = '', word = ''] = /^FOR ROLE (.*?) IN SCHEMA (.*) ON (\w+)$/.exec(one.name) ?? []
    add('default acl', `for role ${role} in schema ${space} on ${word.toLowerCase()}`)
  }
  for (const item of schema.unmanaged) for (const text of identities(item)) found.add(plainly(text))
  return found
}

/** How the server may write what a description only names. */
function identities({ kind, name }: Unmanaged): readonly string[] {
  switch (kind) {
    case 'routine': return [`function ${name}`, `aggregate ${name}`]
    case 'type': return [`type ${name}`, `composite type ${name}`]
    case 'cast': return [`cast (${name})`, `cast ${name}`]
    case 'user mapping': return [`user mapping ${name.replace(' on ', ' on server ')}`, `user mapping for ${name.replace(' on ', ' on server ')}`]
    case 'transform': return [' language ', ' on language '].map((word) => `transform ${name.replace('FOR ', 'for ').replace(' LANGUAGE ', word)}`)
    case 'operator class': case 'operator family': return [`${kind} ${name}`, `${kind} ${name} USING btree`]
    default: return [`${kind} ${name}`]
  }
}
