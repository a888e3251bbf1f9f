import type { DefaultPrivilege, EventTrigger, Extension, ForeignServer, Publication, Unmanaged, Wrapper } from '../../../schema/schema.ts'
import { displayName } from '../../../schema/schema.ts'
import type { Scope } from '../../dialect.ts'
import { literal } from '../literal.ts'
import { printName } from '../names.ts'
import type { Context } from './context.ts'
import { ENABLED, optionList } from './context.ts'
import type { PublicationRow } from './rows.ts'

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

/** Publications, each as the statement that makes it. */
export function assemblePublications(context: Context): readonly Publication[] {
  return context.catalogue.publications.map((row) => {
    const needs = (row.tables ?? []).map((table) => context.refs.get(table.r)).filter((ref) => ref !== undefined)
    return { name: row.name, definition: publicationDefinition(row), comment: row.comment, ...(needs.length > 0 && { needs }) }
  })
}

function publicationDefinition(row: PublicationRow): string {
  const tables = (row.tables ?? []).map((table) => {
    const columns = table.columns == null ? '' : ` (${table.columns.join(', ')})`
    return `TABLE ONLY ${table.name}${columns}${table.where == null ? '' : ` WHERE ${table.where}`}`
  })
  const objects = row.all ? [' FOR ALL TABLES'] : [...tables, ...row.schemas.map((schema) => `TABLES IN SCHEMA ${schema}`)]
  const what = row.all ? ' FOR ALL TABLES' : objects.length === 0 ? '' : ` FOR ${objects.join(', ')}`
  const verbs = (['insert', 'update', 'delete', 'truncate'] as const).filter((verb) => row[verb])
  const options = [`publish = '${verbs.join(', ')}'`, ...(row.root ? ['publish_via_partition_root = true'] : []), ...(row.generated === 's' ? ['publish_generated_columns = stored'] : [])]
  return `CREATE PUBLICATION ${printName(row.name)}${what} WITH (${options.join(', ')})`
}

/** Foreign-data wrappers that belong to no extension. */
export function assembleWrappers(context: Context): readonly Wrapper[] {
  return context.catalogue.wrappers.map((row) => ({
    name: row.name,
    definition: [
      `CREATE FOREIGN DATA WRAPPER ${printName(row.name)}`,
      ...(row.handler === null ? [] : [`HANDLER ${row.handler}`]),
      ...(row.validator === null ? [] : [`VALIDATOR ${row.validator}`]),
      ...optionsClause(row.options),
    ].join(' '),
    comment: row.comment,
  }))
}

/** Foreign servers. User mappings, which hold secrets, are never read. */
export function assembleServers(context: Context): readonly ForeignServer[] {
  return context.catalogue.servers.map((row) => ({
    name: row.name,
    definition: [
      `CREATE SERVER ${printName(row.name)}`,
      ...(row.type === null ? [] : [`TYPE ${literal(row.type)}`]),
      ...(row.version === null ? [] : [`VERSION ${literal(row.version)}`]),
      `FOREIGN DATA WRAPPER ${printName(row.wrapper)}`,
      ...optionsClause(row.options),
    ].join(' '),
    comment: row.comment,
    ...(context.catalogue.wrappers.some((wrapper) => wrapper.name === row.wrapper) && { needs: [{ kind: 'wrapper' as const, schema: '', name: row.wrapper }] }),
  }))
}

function optionsClause(options: readonly string[] | null): readonly string[] {
  const list = optionList(options).map((option) => {
    const at = option.indexOf('=')
    return `${printName(option.slice(0, at))} ${literal(option.slice(at + 1)).trim()}`
  })
  return list.length === 0 ? [] : [`OPTIONS (${list.join(', ')})`]
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
