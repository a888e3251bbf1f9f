import type { MissingRight, Named, RightNeed, Session } from '../dialect.ts'
import { literal, quoteName, quotePath } from './literal.ts'

interface Owner {
  readonly name: string
  readonly super: boolean
  /** The current role may do what it may. */
  readonly mine: boolean
}

interface Answer {
  readonly role: string
  readonly database: string
  readonly has: readonly boolean[]
  readonly owners: readonly (Owner | null)[]
}

/** Which needs this role lacks, in one question. */
export async function missingRights(session: Session, needs: readonly RightNeed[]): Promise<readonly MissingRight[]> {
  if (needs.length === 0) return []
  const answer = await session.json<Answer>(
    `SELECT json_build_object('role', current_user, 'database', current_database(), 'has', ${list(needs.map(test), 'boolean')}, 'owners', ${list(needs.map(owner), 'json')})::text`,
  )
  if (answer === null) return []
  return needs.flatMap((need, i) => (answer.has[i] === true ? [] : [explain(need, answer, answer.owners[i] ?? null)]))
}

/** As an array constructor: a function takes a hundred arguments at the most, and a plan may touch a thousand tables. */
const list = (expressions: readonly string[], type: string): string => `to_json(ARRAY[${expressions.map((one) => `(${one})`).join(', ')}]::${type}[])`

const regclass = (name: { readonly schema: string; readonly name: string }): string => `to_regclass(${literal(quotePath(name.schema, name.name))})`
const regtype = (name: { readonly schema: string; readonly name: string }): string => `to_regtype(${literal(quotePath(name.schema, name.name))})`

function test(need: RightNeed): string {
  switch (need.right) {
    case 'create-in-schema':
      return `coalesce((SELECT has_schema_privilege(oid, 'CREATE') AND has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = ${literal(need.schema)}), true)`
    case 'create-schema':
      return `has_database_privilege(current_database(), 'CREATE')`
    case 'own-table':
      return `coalesce((SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = ${regclass(need.table)}), true)`
    case 'own-type':
      return `coalesce((SELECT pg_has_role(typowner, 'USAGE') FROM pg_type WHERE oid = ${regtype(need.type)}), true)`
    case 'references':
      return `coalesce(has_table_privilege(${regclass(need.table)}, 'REFERENCES'), true)`
    case 'update':
      return `coalesce(has_table_privilege(${regclass(need.table)}, 'SELECT') AND has_any_column_privilege(${regclass(need.table)}, 'UPDATE'), true)`
    case 'all-rows':
      return `coalesce(NOT pg_catalog.row_security_active(${regclass(need.table)}::oid), true)`
    case 'select':
      return `coalesce(has_table_privilege(${regclass(need.table)}, 'SELECT'), true)`
    case 'write-ledger':
      return `coalesce(has_table_privilege(${regclass(need.table)}, 'SELECT') AND has_table_privilege(${regclass(need.table)}, 'INSERT') AND has_table_privilege(${regclass(need.table)}, 'UPDATE') AND has_table_privilege(${regclass(need.table)}, 'DELETE'), true)`
  }
}

function owner(need: RightNeed): string {
  if (need.right === 'own-table' || need.right === 'all-rows') return ownerOf('pg_class', 'relowner', regclass(need.table))
  if (need.right === 'own-type') return ownerOf('pg_type', 'typowner', regtype(need.type))
  return 'NULL'
}

function ownerOf(catalogue: string, column: string, oid: string): string {
  return `(SELECT json_build_object('name', r.rolname, 'super', r.rolsuper, 'mine', pg_has_role(r.oid, 'USAGE')) FROM pg_catalog.${catalogue} c JOIN pg_catalog.pg_roles r ON r.oid = c.${column} WHERE c.oid = ${oid})`
}

/** Membership in the owner's role is enough; where that is a superuser it would be far too much. */
function ownership(kind: 'table' | 'type', { schema, name }: Named, role: string, by: Owner | null): Pick<MissingRight, 'object' | 'message' | 'grant'> {
  const toOwn = by === null || by.super
  return {
    object: `${kind} ${schema}.${name}`,
    message: `only its owner ${by?.name ?? ''} may change it, and ${role} is not ${toOwn ? 'that role' : 'a member of that role'}.`,
    grant: toOwn ? `ALTER ${kind.toUpperCase()} ${quotePath(schema, name)} OWNER TO ${quoteName(role)};` : `GRANT ${quoteName(by.name)} TO ${quoteName(role)};`,
  }
}

/** The update would leave out what the policies hide, and nothing would tell. */
function allRows({ schema, name }: Named, role: string, by: Owner | null): Pick<MissingRight, 'object' | 'message' | 'grant'> {
  const object = `table ${schema}.${name}`
  if (by?.mine === true) {
    return { object, message: `its row security is forced on its owner, too: a backfill by ${role} would leave out the rows that policies hide.`, grant: `ALTER TABLE ${quotePath(schema, name)} NO FORCE ROW LEVEL SECURITY;` }
  }
  return { object, message: `its row security applies to ${role}: a backfill would leave out the rows that policies hide. Run it as its owner${by === null ? '' : ` ${by.name}`}, or let the role see all rows.`, grant: `ALTER ROLE ${quoteName(role)} BYPASSRLS;` }
}

function explain(need: RightNeed, { role, database }: Answer, ownedBy: Owner | null): MissingRight {
  const to = quoteName(role)
  switch (need.right) {
    case 'create-in-schema':
      return { need, object: `schema ${need.schema}`, message: `role ${role} may not create objects in it.`, grant: `GRANT USAGE, CREATE ON SCHEMA ${quoteName(need.schema)} TO ${to};` }
    case 'create-schema':
      return { need, object: `database ${database}`, message: `role ${role} may not create schemas in it.`, grant: `GRANT CREATE ON DATABASE ${quoteName(database)} TO ${to};` }
    case 'own-table':
      return { need, ...ownership('table', need.table, role, ownedBy) }
    case 'own-type':
      return { need, ...ownership('type', need.type, role, ownedBy) }
    case 'all-rows':
      return { need, ...allRows(need.table, role, ownedBy) }
    default:
      return tableRight(need, role)
  }
}

const TABLE_RIGHTS = { references: 'REFERENCES', update: 'SELECT, UPDATE', select: 'SELECT', 'write-ledger': 'SELECT, INSERT, UPDATE, DELETE' } as const

function tableRight(need: Extract<RightNeed, { readonly right: keyof typeof TABLE_RIGHTS }>, role: string): MissingRight {
  const rights = TABLE_RIGHTS[need.right]
  return {
    need, object: `table ${need.table.schema}.${need.table.name}`, message: `role ${role} lacks ${rights} on it.`,
    grant: `GRANT ${rights} ON TABLE ${quotePath(need.table.schema, need.table.name)} TO ${quoteName(role)};`,
  }
}
