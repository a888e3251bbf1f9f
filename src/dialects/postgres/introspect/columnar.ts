import type { CatalogueContext, Section } from './section.ts'
import type { SentColumns } from './sent.ts'

/**
 * The sections that have a row for each table, constraint or index travel by field: one array a field. The server then works
 * out once how a field is printed, and no field's name is sent with every row, which halves the text.
 */
const LAYOUTS: { readonly [S in keyof SentColumns]: { readonly [F in keyof SentColumns[S]]: Field } } = {
  relations: { oid: 'plain', s: 'plain', n: 'plain', kind: 'plain', type: 'plain', array: 'plain', rest: 'plain', comment: 'plain', owner: privileged('plain'), acl: privileged('list') },
  constraints: { oid: 'plain', r: 'plain', n: 'plain', t: 'plain', flags: 'plain', index: 'plain', k: 'plain', parent: 'plain', f: 'plain', fk: 'plain', set: 'plain', d: 'plain', comment: 'plain' },
  indexes: { oid: 'plain', r: 'plain', n: 'plain', k: 'plain', shape: 'plain', rest: 'plain', comment: 'plain' },
}

/** A list is an array itself: arrays of different lengths do not go into one array, their JSON texts do. */
type Form = 'plain' | 'list'
type Field = Form | ((context: CatalogueContext) => Form | null)

function privileged(form: Form): Field {
  return ({ privileges }) => (privileges ? form : null)
}

/** A section's answer as an expression: its rows as a JSON array, or one array for each field. */
export function sectionJson(name: string, section: Section, context: CatalogueContext): string {
  const layout: Readonly<Record<string, Field>> | undefined = isColumnar(name) ? LAYOUTS[name] : undefined
  if (layout === undefined) return `(SELECT coalesce(json_agg(entry), '[]'::json) FROM (${section(context)}) entry)`
  const fields = Object.entries(layout).flatMap(([field, form]) => {
    const how = typeof form === 'function' ? form(context) : form
    return how === null ? [] : [`'${field}', array_agg(${how === 'list' ? `to_json(entry."${field}")` : `entry."${field}"`})`]
  })
  return `(SELECT json_build_object(${fields.join(', ')}) FROM (${section(context)}) entry)`
}

function isColumnar(name: string): name is keyof SentColumns {
  return Object.hasOwn(LAYOUTS, name)
}
