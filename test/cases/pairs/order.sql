-- pair: views, functions and types over one another turn around
CREATE TABLE t (id integer);
CREATE VIEW a AS SELECT id FROM t;
CREATE FUNCTION f() RETURNS SETOF a LANGUAGE sql BEGIN ATOMIC SELECT * FROM a; END;
CREATE VIEW b AS SELECT id FROM f();
-- becomes
CREATE TABLE t (id integer);
CREATE VIEW b AS SELECT id FROM t;
CREATE FUNCTION f() RETURNS SETOF b LANGUAGE sql BEGIN ATOMIC SELECT * FROM b; END;
CREATE VIEW a AS SELECT id FROM f();

-- pair: a table whose default and check call functions over the table
CREATE TABLE t (id integer);
-- becomes
CREATE TABLE t (id integer);
CREATE FUNCTION next_id() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t; END;
CREATE FUNCTION ok(i integer) RETURNS boolean LANGUAGE sql BEGIN ATOMIC SELECT NOT EXISTS (SELECT FROM t WHERE id = i); END;
ALTER TABLE t ALTER COLUMN id SET DEFAULT next_id();
ALTER TABLE t ADD CHECK (ok(id));

-- pair: new tables, types, functions and views at once
-- becomes
CREATE SCHEMA s;
CREATE TYPE s.state AS ENUM ('on', 'off');
CREATE FUNCTION s.start() RETURNS s.state LANGUAGE sql IMMUTABLE RETURN 'on'::s.state;
CREATE TABLE s.a (id serial PRIMARY KEY, state s.state DEFAULT s.start() NOT NULL, b integer);
CREATE TABLE s.b (id serial PRIMARY KEY, a integer REFERENCES s.a);
ALTER TABLE s.a ADD FOREIGN KEY (b) REFERENCES s.b;
CREATE VIEW s.v AS SELECT a.id, s.start() AS x FROM s.a JOIN s.b ON b.a = a.id;
CREATE FUNCTION s.rows_of() RETURNS SETOF s.v LANGUAGE sql STABLE BEGIN ATOMIC SELECT * FROM s.v; END;
CREATE MATERIALIZED VIEW s.m AS SELECT * FROM s.rows_of();
CREATE UNIQUE INDEX m_id ON s.m (id);
CREATE FUNCTION s.on_a() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER t AFTER INSERT ON s.a FOR EACH ROW WHEN (NEW.state = 'on') EXECUTE FUNCTION s.on_a();
CREATE POLICY p ON s.a USING (EXISTS (SELECT FROM s.v WHERE v.id = a.id));

-- pair: an extension comes, and what uses it
-- becomes
CREATE SCHEMA ext;
CREATE FUNCTION plain() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
COMMENT ON SCHEMA ext IS 'for extensions';
