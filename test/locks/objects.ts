import type { Kind } from '../../src/schema/schema.ts'
import type { LockCase } from './case.ts'
import { table } from './case.ts'

const one = (name: string, from: string, to: string, more: Partial<LockCase> = {}): LockCase => ({ name, from, to, ...more })
/** What a role that is always there may do, and that it owns the thing. */
export const rights = (word: string, make: string, name: string, privilege: string): readonly LockCase[] => [
  table(`${word} granted`, make, `${make}; GRANT ${privilege} ON ${word === 'sequence' ? 'SEQUENCE ' : ''}${name} TO pg_monitor`, { privileges: true }),
  table(`${word} of another role`, make, `${make}; ALTER ${word} ${name} OWNER TO pg_monitor`, { privileges: true }),
]
const TRIGGER = 'CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()'
const OWN = 'CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS \'BEGIN END\''
const WATCH = "CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE CONVERSION') EXECUTE FUNCTION ev()"
const SUBSCRIPTION = (more: string): string => `CREATE SUBSCRIPTION sub CONNECTION 'dbname=nowhere' PUBLICATION pub WITH (connect = false, slot_name = NONE${more})`

/** Objects that stand on their own, most of which no query waits for. */
export const OBJECTS = {
  namespace: [one('schema', '', 'CREATE SCHEMA other'), one('schema comment', 'CREATE SCHEMA other', "CREATE SCHEMA other; COMMENT ON SCHEMA other IS 'note'")],
  extension: [one('extension', '', 'CREATE EXTENSION hstore'), one('extension moved', 'CREATE EXTENSION hstore', 'CREATE EXTENSION hstore SCHEMA other', { common: 'CREATE SCHEMA other' })],
  collation: [one('collation of its own', '', "CREATE COLLATION own (locale = 'C')"), one('collation comment', "CREATE COLLATION own (locale = 'C')", "CREATE COLLATION own (locale = 'C'); COMMENT ON COLLATION own IS 'note'")],
  sequence: [table('sequence', '', 'CREATE SEQUENCE s'), table('sequence options', 'CREATE SEQUENCE s', 'CREATE SEQUENCE s INCREMENT 5'), table('sequence owner', 'CREATE SEQUENCE s', 'CREATE SEQUENCE s OWNED BY t.a', { scans: false }),
    ...rights('sequence', 'CREATE SEQUENCE s', 's', 'SELECT')],
  routine: [
    one('routine', '', "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
    one('routine body', "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2'"),
  ],
  wrapper: [one('wrapper', '', 'CREATE FOREIGN DATA WRAPPER w'), one('wrapper options', 'CREATE FOREIGN DATA WRAPPER w', "CREATE FOREIGN DATA WRAPPER w OPTIONS (a '1')")],
  server: [
    one('server', '', 'CREATE SERVER far FOREIGN DATA WRAPPER w', { common: 'CREATE FOREIGN DATA WRAPPER w' }),
    one('server options', 'CREATE SERVER far FOREIGN DATA WRAPPER w', "CREATE SERVER far FOREIGN DATA WRAPPER w OPTIONS (host 'h')", { common: 'CREATE FOREIGN DATA WRAPPER w' }),
  ],
  userMapping: [
    one('user mapping', '', 'CREATE USER MAPPING FOR PUBLIC SERVER far', { common: 'CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w' }),
    one('user mapping options', 'CREATE USER MAPPING FOR PUBLIC SERVER far', "CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (a '1')", { common: 'CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w' }),
  ],
  view: [
    table('view', '', 'CREATE VIEW v AS SELECT a FROM t'), table('view grown', 'CREATE VIEW v AS SELECT a FROM t', 'CREATE VIEW v AS SELECT a, b FROM t'),
    table('view options', 'CREATE VIEW v AS SELECT a FROM t', 'CREATE VIEW v WITH (security_barrier) AS SELECT a FROM t'), table('materialized view', '', 'CREATE MATERIALIZED VIEW mv AS SELECT a FROM t'),
    ...rights('view', 'CREATE VIEW v AS SELECT a FROM t', 'v', 'SELECT'), ...rights('materialized view', 'CREATE MATERIALIZED VIEW mv AS SELECT a FROM t', 'mv', 'SELECT'),
  ],
  statistics: [table('statistics', '', 'CREATE STATISTICS st ON a, b FROM t'), table('statistics target', 'CREATE STATISTICS st ON a, b FROM t', 'CREATE STATISTICS st ON a, b FROM t; ALTER STATISTICS st SET STATISTICS 50')],
  eventTrigger: [one('event trigger', '', WATCH, { common: OWN }), one('event trigger disabled', WATCH, `${WATCH}; ALTER EVENT TRIGGER watch DISABLE`, { common: OWN })],
  publication: [
    table('publication', '', 'CREATE PUBLICATION pub FOR TABLE t'), table('publication of nothing yet', '', 'CREATE PUBLICATION pub'), table('publication of all', '', 'CREATE PUBLICATION pub FOR ALL TABLES'),
    table('publication of another table', 'CREATE TABLE u (id integer); CREATE PUBLICATION pub FOR TABLE t', 'CREATE TABLE u (id integer); CREATE PUBLICATION pub FOR TABLE u'),
    table('publication options', 'CREATE PUBLICATION pub FOR TABLE t', "CREATE PUBLICATION pub FOR TABLE t WITH (publish = 'insert')"),
  ],
  subscription: [one('subscription', '', SUBSCRIPTION('')), one('subscription options', SUBSCRIPTION(''), SUBSCRIPTION(', binary = true'))],
  defaultPrivilege: [
    one('default privileges', '', 'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC', { privileges: true }),
    one('default privileges changed', 'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC', 'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO PUBLIC', { privileges: true }),
  ],
} as const satisfies Partial<Record<Kind, readonly LockCase[]>>

/** Types that users make; tables that use them feel some of it. */
export const TYPES_OF_ITS_OWN = {
  enum: [
    one('enum', '', "CREATE TYPE e AS ENUM ('a')"), table('enum value', `CREATE TYPE e AS ENUM ('a')`, `CREATE TYPE e AS ENUM ('a', 'b')`, { back: false }),
    one('enum loses a value', `CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (id integer, x e)`, `CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (id integer, x e)`, { rows: `INSERT INTO t SELECT i, 'a' FROM generate_series(1, 200) i` }),
  ],
  domain: [
    one('domain', '', 'CREATE DOMAIN d AS integer'), one('domain default', 'CREATE DOMAIN d AS integer; CREATE TABLE t (id integer, x d)', 'CREATE DOMAIN d AS integer DEFAULT 5; CREATE TABLE t (id integer, x d)'),
    one('domain check', 'CREATE DOMAIN d AS integer; CREATE TABLE t (id integer, x d)', 'CREATE DOMAIN d AS integer CONSTRAINT pos CHECK (VALUE > 0); CREATE TABLE t (id integer, x d)', { rows: 'INSERT INTO t SELECT i, i FROM generate_series(1, 200) i' }),
  ],
  composite: [one('composite type', '', 'CREATE TYPE pair AS (a integer, b text)'), one('composite type grown', 'CREATE TYPE pair AS (a integer, b text)', 'CREATE TYPE pair AS (a integer, b text, c text)')],
  range: [one('range type', '', 'CREATE TYPE span AS RANGE (subtype = integer)'), one('range type comment', 'CREATE TYPE span AS RANGE (subtype = integer)', "CREATE TYPE span AS RANGE (subtype = integer); COMMENT ON TYPE span IS 'note'")],
} as const satisfies Partial<Record<Kind, readonly LockCase[]>>

/** What hangs on a table and is no part of its shape. */
export const ATTACHED = {
  trigger: [table('trigger', '', TRIGGER), table('trigger disabled', TRIGGER, `${TRIGGER}; ALTER TABLE t DISABLE TRIGGER tr`)],
  rule: [
    table('rule', '', 'CREATE RULE ru AS ON DELETE TO t DO ALSO NOTHING'),
    table('rule disabled', 'CREATE RULE ru AS ON DELETE TO t DO ALSO NOTHING', 'CREATE RULE ru AS ON DELETE TO t DO ALSO NOTHING; ALTER TABLE t DISABLE RULE ru'),
  ],
  policy: [table('policy', '', 'CREATE POLICY pol ON t USING (true)'), table('policy changed', 'CREATE POLICY pol ON t USING (true)', 'CREATE POLICY pol ON t USING (a > 0)')],
} as const satisfies Partial<Record<Kind, readonly LockCase[]>>
