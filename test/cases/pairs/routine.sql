CREATE TABLE t (id integer PRIMARY KEY, n integer, note text);

-- pair: every attribute of a function
CREATE FUNCTION f(a integer) RETURNS SETOF integer LANGUAGE sql AS 'SELECT a';
-- becomes
CREATE FUNCTION f(a integer) RETURNS SETOF integer LANGUAGE sql STABLE STRICT LEAKPROOF SECURITY DEFINER PARALLEL SAFE COST 7 ROWS 13
  SET search_path TO public, pg_temp SET work_mem TO '8MB' AS $$SELECT a + 1$$;

-- pair: a support function
-- becomes
CREATE FUNCTION f(text) RETURNS boolean LANGUAGE sql IMMUTABLE SUPPORT pg_catalog.textlike_support AS $$SELECT $1 LIKE 'a%'$$;

-- pair: a body in the language of the server
CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION g(a integer) RETURNS integer LANGUAGE sql RETURN a + 1;
-- becomes
CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT count(*)::integer FROM t WHERE n = a; END;
CREATE FUNCTION g(a integer) RETURNS integer LANGUAGE sql RETURN f(a) + 2;

-- pair: a body of statements goes with its table
CREATE TABLE other (id integer);
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM other; END;
CREATE VIEW v AS SELECT f() AS n;
-- becomes

-- pair: a column under a body of statements gets another type
CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT n FROM t WHERE id = a; END;
COMMENT ON FUNCTION f IS 'stays';
-- becomes
ALTER TABLE t ALTER COLUMN n TYPE bigint;
CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT (n)::integer FROM t WHERE id = a; END;
COMMENT ON FUNCTION f IS 'stays';

-- pair: a result of another type under a view
CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a';
CREATE VIEW v AS SELECT f(id) AS x FROM t;
-- becomes
CREATE FUNCTION f(a integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT a::bigint';
CREATE VIEW v AS SELECT f(id) AS x FROM t;

-- pair: a function under defaults, checks, indexes and generated columns
CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a';
CREATE TABLE u (id integer DEFAULT f(1), n integer CHECK (f(n) > 0), g integer GENERATED ALWAYS AS (f(n)) STORED);
CREATE INDEX u_f ON u (f(n)) WHERE f(id) > 1;
-- becomes
CREATE FUNCTION f(a integer, b integer DEFAULT 0) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a + b';
CREATE TABLE u (id integer DEFAULT f(1), n integer CHECK (f(n) > 0), g integer GENERATED ALWAYS AS (f(n)) STORED);
CREATE INDEX u_f ON u (f(n)) WHERE f(id) > 1;

-- pair: names of arguments change
CREATE FUNCTION f(a integer, b text DEFAULT 'x') RETURNS text LANGUAGE sql AS 'SELECT b';
CREATE FUNCTION g(a integer, b text DEFAULT 'x') RETURNS text LANGUAGE sql AS 'SELECT b';
-- becomes
CREATE FUNCTION f(first integer, second text DEFAULT 'x') RETURNS text LANGUAGE sql AS 'SELECT second';
CREATE FUNCTION g(a integer, b text) RETURNS text LANGUAGE sql AS 'SELECT b';

-- pair: overloaded routines
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT 'none'$$;
-- becomes
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 2';
CREATE FUNCTION f(text[]) RETURNS text LANGUAGE sql AS 'SELECT $1[1]';
CREATE FUNCTION f(VARIADIC integer[]) RETURNS bigint LANGUAGE sql AS 'SELECT 3::bigint';
COMMENT ON FUNCTION f(integer) IS 'the first';

-- pair: procedures with results
CREATE PROCEDURE p(a integer) LANGUAGE sql AS 'SELECT 1';
-- becomes
CREATE PROCEDURE p(a integer, INOUT b text DEFAULT 'x') LANGUAGE plpgsql AS $$BEGIN b := 'y'; END$$;
CREATE PROCEDURE q(IN a integer, OUT b integer, OUT c text) LANGUAGE plpgsql AS $$BEGIN b := 1; c := 'x'; END$$;

-- pair: results in columns
CREATE FUNCTION f() RETURNS TABLE (a integer, b text) LANGUAGE sql AS $$SELECT 1, 'x'$$;
CREATE FUNCTION g(OUT a integer, OUT b text) LANGUAGE sql AS $$SELECT 1, 'x'$$;
-- becomes
CREATE FUNCTION f() RETURNS TABLE (a integer, b text, c date) LANGUAGE sql AS $$SELECT 1, 'x', now()::date$$;
CREATE FUNCTION g(OUT a integer) LANGUAGE sql AS $$SELECT 1$$;

-- pair: a function becomes a procedure
CREATE FUNCTION f(a integer) RETURNS void LANGUAGE sql AS 'SELECT 1';
-- becomes
CREATE PROCEDURE f(a integer) LANGUAGE sql AS 'SELECT 1';

-- pair: a function of rows of a table, and its table
CREATE FUNCTION f(r t) RETURNS text LANGUAGE sql STABLE AS 'SELECT r.note';
CREATE FUNCTION g() RETURNS SETOF t LANGUAGE sql STABLE AS 'SELECT * FROM t';
-- becomes
ALTER TABLE t ADD COLUMN more text;
CREATE FUNCTION f(r t) RETURNS text LANGUAGE sql STABLE AS 'SELECT r.more';
CREATE FUNCTION g() RETURNS SETOF t LANGUAGE sql STABLE AS 'SELECT * FROM t WHERE id > 0';

-- pair: functions that call each other
-- becomes
CREATE FUNCTION even(n integer) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RETURN n = 0 OR odd(n - 1); END$$;
CREATE FUNCTION odd(n integer) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RETURN n <> 0 AND even(n - 1); END$$;

-- pair: a function with rights and an owner
CREATE ROLE pairs_member;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
REVOKE ALL ON FUNCTION f() FROM PUBLIC;
-- becomes
CREATE ROLE pairs_member;
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
REVOKE ALL ON FUNCTION f() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f() TO pairs_member WITH GRANT OPTION;
ALTER FUNCTION f() OWNER TO pairs_member;

-- pair: hostile names
-- becomes
CREATE SCHEMA "Odd ""Schema""";
CREATE FUNCTION "Odd ""Schema"""."Sélect"("A B" integer, "from" text DEFAULT 'it''s') RETURNS text LANGUAGE sql AS $body$SELECT $$x$$ || "from"$body$;
COMMENT ON FUNCTION "Odd ""Schema"""."Sélect"(integer, text) IS E'back\\slash and ''quote''';

-- pair: transforms and window functions
-- becomes
CREATE FUNCTION w() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE STRICT AS 'window_row_number';
COMMENT ON FUNCTION w() IS 'counts';
