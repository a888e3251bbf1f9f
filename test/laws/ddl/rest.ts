import { READER, q } from '../names.ts'
import type { Spec, ViewSpec } from '../spec.ts'
import type { RealTable, World } from './world.ts'
import { COUNTER, LAW, NEXT, NOTICE, comment } from './world.ts'

/** What stands on tables: views, routines that read them, statistics, publications, rights. */
export function restStatements(world: World): readonly string[] {
  const { spec } = world
  const table = (slot: number): RealTable | undefined => world.table(slot) ?? world.tables[0]
  return [
    ...owner(world), ...reading(world, table(0)),
    ...(spec.view === null ? [] : view(spec.view, 'View; of', table(spec.view.of), null)),
    ...(spec.above === null ? [] : view(spec.above, 'above', table(spec.above.of), spec.view !== null && table(spec.view.of) !== undefined ? spec.view : null)),
    ...materialized(spec, table(spec.materialized?.of ?? 0)),
    ...(spec.recursive ? [`CREATE VIEW ${q(LAW)}.counting AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n`] : []),
    ...statistics(spec, table(spec.statistics?.of ?? 0)),
    ...foreign(spec), ...publication(spec, table(spec.publication?.of ?? 0)), ...eventTrigger(spec), ...grants(spec, table(0)),
  ]
}

function owner({ spec: { counter }, tables }: World): readonly string[] {
  const table = tables.find((one) => one.slot === counter?.owner)
  // A sequence belongs to a table of its own schema and persistence.
  return table === undefined || table.slot === 3 || table.kind === 'typed' ? [] : [`ALTER SEQUENCE ${COUNTER} OWNED BY ${table.path}.key`]
}

function reading({ spec }: World, table: RealTable | undefined): readonly string[] {
  if (table === undefined || spec.readsTable === 'none') return []
  const head = `CREATE FUNCTION ${q(LAW)}.${q('reads It')}(minimum integer DEFAULT 0)`
  switch (spec.readsTable) {
    case 'sql': return [`${head} RETURNS bigint LANGUAGE sql STABLE AS $law$SELECT count(*) FROM ${table.path} WHERE key > minimum$law$`]
    case 'atomic': return [`${head} RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM ${table.path} t WHERE t.key > minimum; END`]
    case 'setof': return [`${head} RETURNS SETOF ${table.path} LANGUAGE sql STABLE AS $law$SELECT * FROM ${table.path} WHERE key > minimum$law$`]
  }
}

function view(one: ViewSpec, title: string, table: RealTable | undefined, below: ViewSpec | null): readonly string[] {
  if (table === undefined) return []
  const name = `${q(LAW)}.${q(title)}`
  const columns = below === null ? ['key', ...(one.all ? table.columns.map((column) => column.name) : [])] : ['key']
  const check = one.check === 'none' || one.trigger ? '' : ` WITH ${one.check} CHECK OPTION`
  return [
    `CREATE VIEW ${name}${one.barrier ? ' WITH (security_barrier = true)' : ''} AS SELECT ${columns.map((column) => `t.${q(column)}`).join(', ')} FROM ${below === null ? table.path : `${q(LAW)}.${q('View; of')}`} t${one.where ? ' WHERE t.key > 0' : ''}${check}`,
    ...(one.trigger ? [`CREATE TRIGGER instead INSTEAD OF INSERT ON ${name} FOR EACH ROW EXECUTE FUNCTION ${NOTICE}`] : []),
    ...(one.rule && !one.trigger ? [`CREATE RULE ${q('Rule of view')} AS ON DELETE TO ${name} DO INSTEAD NOTHING`] : []),
    ...comment(one.comment, `VIEW ${name}`),
  ]
}

function materialized({ materialized: one, view: below }: Spec, table: RealTable | undefined): readonly string[] {
  if (one === null || table === undefined) return []
  const name = `${q(LAW)}.${q('Kept "')}`
  return [
    `CREATE MATERIALIZED VIEW ${name} AS SELECT t.key, count(*) AS ${q('How many')} FROM ${below === null ? table.path : `${q(LAW)}.${q('View; of')}`} t${one.where ? ' WHERE t.key < 1000' : ''} GROUP BY t.key WITH ${one.filled ? '' : 'NO '}DATA`,
    ...(one.index ? [`CREATE ${one.unique ? 'UNIQUE ' : ''}INDEX ${q('Kept by key')} ON ${name} (key)`] : []),
    ...comment(one.comment, `MATERIALIZED VIEW ${name}`),
  ]
}

function statistics({ statistics: one }: Spec, table: RealTable | undefined): readonly string[] {
  if (one === null || table === undefined) return []
  const name = `${q(LAW)}.${q('Stats of')}`
  return [`CREATE STATISTICS ${name}${one.kinds === 'all' ? '' : ` (${one.kinds})`} ON key, (key % 10) FROM ${table.path}`, ...(one.target ? [`ALTER STATISTICS ${name} SET STATISTICS 200`] : [])]
}

function foreign({ foreign: one }: Spec): readonly string[] {
  if (one === null) return []
  return [
    `CREATE FOREIGN DATA WRAPPER ${q('Law wrapper')}`,
    `CREATE SERVER ${q('Law server')} TYPE 'x' FOREIGN DATA WRAPPER ${q('Law wrapper')}${one.option ? ` OPTIONS (host 'it''s; there')` : ''}`,
    `CREATE FOREIGN TABLE ${q(LAW)}.${q('Far away')} (key integer NOT NULL${one.column ? `, ${q('Other')} text` : ''}) SERVER ${q('Law server')}${one.option ? ` OPTIONS (name 'x')` : ''}`,
  ]
}

function publication({ publication: one }: Spec, table: RealTable | undefined): readonly string[] {
  if (one === null || table === undefined || table.kind === 'unlogged') return []
  return [`CREATE PUBLICATION ${q('Law publication')} FOR TABLE ONLY ${table.path} WITH (publish = '${one.deletes ? 'insert, delete' : 'insert'}')`]
}

function eventTrigger({ eventTrigger: one }: Spec): readonly string[] {
  if (one === 'none') return []
  return [
    `CREATE FUNCTION ${q(LAW)}.${q('On event')}() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'`,
    `CREATE EVENT TRIGGER ${q('Law event')} ON ddl_command_end WHEN TAG IN ('CREATE CONVERSION') EXECUTE FUNCTION ${q(LAW)}.${q('On event')}()`,
    ...(one === 'off' ? [`ALTER EVENT TRIGGER ${q('Law event')} DISABLE`] : []),
  ]
}

function grants({ grants: one, view: below, counter, mood, next, second }: Spec, table: RealTable | undefined): readonly string[] {
  const reader = q(READER)
  const on = { none: '', SELECT: 'SELECT', 'SELECT, UPDATE': 'SELECT, UPDATE', column: 'SELECT (key)', option: 'INSERT' }[one.table]
  return [
    ...(on === '' || table === undefined ? [] : [`GRANT ${on} ON ${table.path} TO ${reader}${one.table === 'option' ? ' WITH GRANT OPTION' : ''}`]),
    ...(one.view && below !== null && table !== undefined ? [`GRANT SELECT ON ${q(LAW)}.${q('View; of')} TO ${reader}`] : []),
    ...(one.routine && next !== null ? [`REVOKE EXECUTE ON FUNCTION ${NEXT} FROM PUBLIC`, `GRANT EXECUTE ON FUNCTION ${NEXT} TO ${reader}`] : []),
    ...(one.sequence && counter !== null ? [`GRANT USAGE ON SEQUENCE ${COUNTER} TO ${reader}`] : []),
    ...(one.schema ? [`GRANT USAGE ON SCHEMA ${q(LAW)} TO ${reader}`] : []),
    ...(one.type && mood !== null && !second ? [`REVOKE USAGE ON TYPE ${q(LAW)}.${q('Mood')} FROM PUBLIC`] : []),
    ...(one.defaults ? [`ALTER DEFAULT PRIVILEGES IN SCHEMA ${q(LAW)} GRANT SELECT ON TABLES TO ${reader}`] : []),
  ]
}
