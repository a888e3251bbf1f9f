import type { ConstraintRow, IndexRow, RelationRow } from './rows.ts'
import type { Catalogue } from './sections.ts'
import type { CatalogueContext, Section } from './section.ts'

/**
 * The sections that have a row for each table, constraint or index travel by field: one array a field. The server then works
 * out once how a field is printed, and no field's name is sent with every row, which halves the text.
 */
const LAYOUTS: Layouts = {
  relations: {
    oid: 'plain', schema: 'plain', name: 'plain', kind: 'plain', persistence: 'plain', type: 'plain', array: 'plain', rls: 'plain', force: 'plain',
    options: 'list', toast: 'list', method: 'plain', space: 'plain', ident: 'plain', key: 'plain', bound: 'plain', of: 'plain', view: 'plain', filled: 'plain',
    foreign: 'plain', comment: 'plain', owner: privileged('plain'), acl: privileged('list'),
  },
  constraints: {
    oid: 'plain', r: 'plain', n: 'plain', t: 'plain', deferrable: 'plain', deferred: 'plain', validated: 'plain', noInherit: 'plain', local: 'plain', index: 'plain',
    k: 'list', parent: 'plain', f: 'plain', d: 'plain', enforced: since(180000), period: since(180000), comment: 'plain',
  },
  indexes: {
    oid: 'plain', r: 'plain', n: 'plain', m: 'plain', u: 'plain', count: 'plain', k: 'plain', classes: 'plain', collations: 'plain', orders: 'plain',
    clustered: 'plain', valid: 'plain', replica: 'plain', options: 'list', space: 'plain', e: 'plain', w: 'plain', nnd: 'plain', comment: 'plain',
  },
}

/** A list is an array itself: arrays of different lengths do not go into one array, their JSON texts do. */
type Form = 'plain' | 'list'
type Field = Form | ((context: CatalogueContext) => Form | null)

interface Rows {
  readonly relations: RelationRow
  readonly constraints: ConstraintRow
  readonly indexes: IndexRow
}

/** A field of a row that is forgotten here does not compile. */
type Layouts = { readonly [S in keyof Rows]: { readonly [F in keyof Rows[S]]-?: Field } }

function privileged(form: Form): Field {
  return ({ privileges }) => (privileges ? form : null)
}

function since(first: number): Field {
  return ({ version }) => (version >= first ? 'plain' : null)
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

/** What the server sends: the sections of `LAYOUTS` by column, all others as they are. */
export type SentCatalogue = Omit<Catalogue, keyof Rows> & { readonly [S in keyof Rows]: Readonly<Record<string, readonly unknown[] | null>> }

/** Puts the rows together again. */
export function readCatalogue(sent: SentCatalogue): Catalogue {
  return {
    ...sent,
    relations: rowsOf<RelationRow>(sent.relations), constraints: rowsOf<ConstraintRow>(sent.constraints), indexes: rowsOf<IndexRow>(sent.indexes),
  }
}

function isColumnar(name: string): name is keyof Rows {
  return Object.hasOwn(LAYOUTS, name)
}

/** An aggregate over no rows is NULL. */
function rowsOf<T>(columns: Readonly<Record<string, readonly unknown[] | null>>): readonly T[] {
  const fields = Object.entries(columns)
  const count = fields[0]?.[1]?.length ?? 0
  return Array.from({ length: count }, (_, at) => {
    const row: Record<string, unknown> = {}
    for (const [name, values] of fields) row[name] = values?.[at] ?? null
    // The statement gives each field of the row, as the layout's type demands.
    return row as T
  })
}
