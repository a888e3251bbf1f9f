import type { DefaultPrivilege, EventTrigger, Extension, ForeignServer, Unmanaged, UserMapping, Wrapper } from '../../../schema/schema.ts'
import { displayName } from '../../../schema/schema.ts'
import type { Scope } from '../../dialect.ts'
import { literal } from '../literal.ts'
import { printName } from '../names.ts'
import type { Context } from './context.ts'
import { ENABLED, optionList, rights } from './context.ts'

/** Extensions but those that every database has. */
export function assembleExtensions(context: Context): readonly Extension[] {
  return context.catalogue.extensions.map(({ name, schema, version, comment }) => ({ name, schema, version, comment }))
}

/** Event triggers. */
export function assembleEventTriggers(context: Context): readonly EventTrigger[] {
  return context.catalogue.eventTriggers.map((row) => {
    const tags = row.tags === null ? '' : `\n  WHEN TAG IN (${row.tags.map((tag) => literal(tag).trim()).join(', ')})`
    const ref = context.refs.get(row.f)
    return {
      name: row.name,
      definition: `CREATE EVENT TRIGGER ${printName(row.name)} ON ${row.event}${tags}\n  EXECUTE FUNCTION ${row.function}()`,
      enabled: ENABLED[row.enabled],
      comment: row.comment,
      ...(ref !== undefined && { needs: [ref] }),
    }
  })
}

/** Foreign-data wrappers that belong to no extension. */
export function assembleWrappers(context: Context): readonly Wrapper[] {
  return context.catalogue.wrappers.map((row) => ({
    name: row.name, handler: row.handler, validator: row.validator, options: optionList(row.options), comment: row.comment, ...rights(row),
  }))
}

/** Foreign servers that belong to no extension. */
export function assembleServers(context: Context): readonly ForeignServer[] {
  return context.catalogue.servers.map((row) => ({
    name: row.name, wrapper: row.wrapper, type: row.type, version: row.version, options: optionList(row.options), comment: row.comment, ...rights(row),
  }))
}

/** What an option is called that nobody but its owner should see. */
const SECRET = /pass|secret|token|credential|key/i

const isSecret = (option: string): boolean => SECRET.test(option.slice(0, option.indexOf('=')))

/** User mappings that can be described, and those that can only be named. */
export function assembleUserMappings(context: Context): { readonly described: readonly UserMapping[]; readonly named: readonly Unmanaged[] } {
  const described: UserMapping[] = []
  const named: Unmanaged[] = []
  for (const { user, server, options, readable } of context.catalogue.userMappings) {
    const name = `${user} on ${server}`
    const list = optionList(options)
    if (readable && !list.some(isSecret)) described.push({ name, user, server, options: list })
    else named.push({ kind: 'user mapping', name, reason: 'unsupported', because: readable ? 'its options hold a secret, and secrets are not read' : 'this role may not see its options' })
  }
  return { described, named }
}

const ACL_OBJECTS = { r: 'TABLES', S: 'SEQUENCES', f: 'FUNCTIONS', T: 'TYPES', n: 'SCHEMAS', L: 'LARGE OBJECTS' } as const

/** Default privileges: what each says, as the server stores it. */
export function assembleDefaultPrivileges(context: Context): readonly DefaultPrivilege[] {
  return context.catalogue.defaultPrivileges.map((row) => {
    const where = row.schema === null ? '' : ` IN SCHEMA ${printName(row.schema)}`
    const name = `FOR ROLE ${printName(row.role)}${where} ON ${ACL_OBJECTS[row.type]}`
    return { name, definition: [...(row.acl ?? [])].sort().join(', ') }
  })
}

/** What is there and not described, each with the reason. */
export function assembleUnmanaged(context: Context, scope: Scope): readonly Unmanaged[] {
  const { members, unsupported, types } = context.catalogue
  const show = (row: { readonly schema: string | null; readonly name: string }): string =>
    row.schema === null || row.schema === scope.defaultSchema ? row.name : `${displayName({ name: row.schema })}.${row.name}`
  return [
    ...members.map((row) => ({ kind: row.kind, name: show(row), reason: 'tolerated' as const, because: `extension ${row.extension}` })),
    ...unsupported.map((row) => ({ kind: row.kind, name: show(row), reason: 'unsupported' as const, because: `${row.kind}s are not described` })),
    ...types
      .filter((row) => row.kind === 'b' || row.kind === 'p')
      .map((row) => ({ kind: 'type', name: show(row), reason: 'unsupported' as const, because: 'base types are not described' })),
  ]
}
