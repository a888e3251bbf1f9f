CREATE FUNCTION step(state integer, value integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT state + value';
CREATE FUNCTION other_step(state integer, value integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT state - value';
CREATE FUNCTION done(state integer) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT state::text';
CREATE TABLE t (id integer, n integer);

-- pair: an aggregate comes
-- becomes
CREATE AGGREGATE total(integer) (SFUNC = step, STYPE = integer, INITCOND = '0');
COMMENT ON AGGREGATE total(integer) IS 'adds up';

-- pair: an aggregate changes under a view
CREATE AGGREGATE total(integer) (SFUNC = step, STYPE = integer, INITCOND = '0');
CREATE VIEW v AS SELECT total(n) AS n FROM t;
-- becomes
CREATE AGGREGATE total(integer) (SFUNC = other_step, STYPE = integer, INITCOND = '5', FINALFUNC = done, FINALFUNC_MODIFY = READ_WRITE, PARALLEL = SAFE, COMBINEFUNC = other_step);
CREATE VIEW v AS SELECT total(n) AS n FROM t;

-- pair: an aggregate of everything, of many and in order
-- becomes
CREATE FUNCTION count_up(state bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT state + 1';
CREATE AGGREGATE rows_of(*) (SFUNC = count_up, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE place_of(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
CREATE AGGREGATE my_percentile(double precision ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);

-- pair: a moving aggregate
CREATE AGGREGATE total(integer) (SFUNC = step, STYPE = integer);
-- becomes
CREATE AGGREGATE total(integer) (SFUNC = step, STYPE = integer, MSFUNC = step, MINVFUNC = other_step, MSTYPE = integer, MINITCOND = '0', SORTOP = OPERATOR(pg_catalog.>));

-- pair: a function under an aggregate is replaced
CREATE FUNCTION mine(a integer, b integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a';
CREATE AGGREGATE total(integer) (SFUNC = mine, STYPE = integer);
CREATE VIEW v AS SELECT total(n) FROM t;
-- becomes
CREATE FUNCTION mine(x integer, y integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT y';
CREATE AGGREGATE total(integer) (SFUNC = mine, STYPE = integer);
CREATE VIEW v AS SELECT total(n) FROM t;

-- pair: an aggregate over a type of its own, with rights
CREATE ROLE pairs_member;
-- becomes
CREATE ROLE pairs_member;
CREATE TYPE pair AS (sum bigint, n bigint);
CREATE FUNCTION add_pair(p pair, v bigint) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW(p.sum + v, p.n + 1)::pair';
CREATE AGGREGATE mean(bigint) (SFUNC = add_pair, STYPE = pair, INITCOND = '(0,0)');
REVOKE ALL ON FUNCTION mean(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mean(bigint) TO pairs_member;
ALTER AGGREGATE mean(bigint) OWNER TO pairs_member;
