-- pair: values at any place
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (m mood DEFAULT 'ok', ms mood[] DEFAULT '{sad}');
-- becomes
CREATE TYPE mood AS ENUM ('awful', 'sad', 'meh', 'ok', 'fine', 'happy', 'great');
CREATE TABLE t (m mood DEFAULT 'ok', ms mood[] DEFAULT '{sad}');

-- pair: a value goes under everything that uses the type
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (id integer PRIMARY KEY, m mood NOT NULL DEFAULT 'ok', CHECK (m <> 'happy'), UNIQUE (id, m));
CREATE INDEX t_m ON t (m) WHERE m = 'sad';
CREATE VIEW v AS SELECT m, count(*) AS n FROM t WHERE m <> 'happy' GROUP BY m;
CREATE FUNCTION f(x mood) RETURNS mood LANGUAGE sql AS $$SELECT 'ok'::mood$$;
CREATE DOMAIN good AS mood CHECK (VALUE <> 'sad');
-- becomes
CREATE TYPE mood AS ENUM ('happy', 'ok');
CREATE TABLE t (id integer PRIMARY KEY, m mood NOT NULL DEFAULT 'ok', CHECK (m <> 'happy'), UNIQUE (id, m));
CREATE INDEX t_m ON t (m) WHERE m = 'ok';
CREATE VIEW v AS SELECT m, count(*) AS n FROM t WHERE m <> 'happy' GROUP BY m;
CREATE FUNCTION f(x mood) RETURNS mood LANGUAGE sql AS $$SELECT 'ok'::mood$$;
CREATE DOMAIN good AS mood CHECK (VALUE <> 'happy');

-- pair: an enum in keys of partitions
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (m mood) PARTITION BY LIST (m);
CREATE TABLE t_sad PARTITION OF t FOR VALUES IN ('sad');
-- becomes
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (m mood) PARTITION BY LIST (m);
CREATE TABLE t_sad PARTITION OF t FOR VALUES IN ('sad');
CREATE TABLE t_happy PARTITION OF t FOR VALUES IN ('happy');

-- pair: the only enum of a view goes
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (m mood DEFAULT 'ok');
CREATE VIEW v AS SELECT m FROM t;
-- becomes
CREATE TABLE t (m text DEFAULT 'ok');
CREATE VIEW v AS SELECT m FROM t;

-- pair: domains with several constraints
CREATE DOMAIN price AS numeric(10,2) DEFAULT 0 NOT NULL CONSTRAINT positive CHECK (VALUE >= 0) CONSTRAINT small CHECK (VALUE < 1000);
CREATE TABLE t (p price);
-- becomes
CREATE DOMAIN price AS numeric(10,2) DEFAULT 1 CONSTRAINT positive CHECK (VALUE > 0) CONSTRAINT round CHECK (VALUE = trunc(VALUE));
CREATE TABLE t (p price);
COMMENT ON DOMAIN price IS 'in euro';
COMMENT ON CONSTRAINT round ON DOMAIN price IS 'no cents';

-- pair: a domain over another type
CREATE DOMAIN code AS varchar(5) COLLATE "C";
CREATE DOMAIN codes AS code[];
CREATE TABLE t (c code DEFAULT 'x', cs codes);
CREATE VIEW v AS SELECT c FROM t;
-- becomes
CREATE DOMAIN code AS text CHECK (VALUE ~ '^[a-z]+$');
CREATE DOMAIN codes AS code[];
CREATE TABLE t (c code DEFAULT 'x', cs codes);
CREATE VIEW v AS SELECT c FROM t;

-- pair: a domain with a check that calls a function
-- becomes
CREATE FUNCTION is_even(n integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT n % 2 = 0';
CREATE DOMAIN even AS integer CHECK (is_even(VALUE));
CREATE TABLE t (e even);

-- pair: a check of a domain that was not validated
CREATE DOMAIN d AS integer;
-- becomes
CREATE DOMAIN d AS integer;
ALTER DOMAIN d ADD CONSTRAINT later CHECK (VALUE > 0) NOT VALID;

-- pair: attributes come, go and change
CREATE TYPE address AS (street text, zip varchar(5), gone integer);
CREATE TYPE other AS (a integer, b integer);
-- becomes
CREATE TYPE address AS (street text, zip varchar(5), country text COLLATE "C");
CREATE TYPE other AS (a bigint, b integer);
COMMENT ON TYPE address IS 'where';
COMMENT ON COLUMN address.country IS 'two letters';

-- pair: a composite type in use gets another shape
CREATE TYPE point3 AS (x integer, y integer);
CREATE TABLE t (p point3, ps point3[]);
CREATE FUNCTION f(p point3) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW v AS SELECT (p).x AS x FROM t;
CREATE TYPE outer_type AS (p point3);
-- becomes
CREATE TYPE point3 AS (x bigint, y bigint, z bigint);
CREATE TABLE t (p point3, ps point3[]);
CREATE FUNCTION f(p point3) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW v AS SELECT (p).x AS x FROM t;
CREATE TYPE outer_type AS (p point3);

-- pair: types that need one another
-- becomes
CREATE TYPE mood AS ENUM ('x');
CREATE DOMAIN d AS mood CHECK (VALUE = 'x');
CREATE TYPE c AS (d d, m mood[]);
CREATE TYPE cc AS (c c);
CREATE TABLE t (c cc, d d[]);
CREATE FUNCTION f(c cc) RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t';

-- pair: a range comes
-- becomes
CREATE TYPE float_range AS RANGE (subtype = double precision, subtype_diff = float8mi);
CREATE TYPE text_range AS RANGE (subtype = text, collation = "C", multirange_type_name = text_ranges);
COMMENT ON TYPE float_range IS 'of floats';

-- pair: a range changes under a table
CREATE TYPE r AS RANGE (subtype = integer);
CREATE TABLE t (r r, rs r[], m r_multirange, EXCLUDE USING gist (r WITH &&));
CREATE INDEX t_r ON t USING gist (r);
-- becomes
CREATE TYPE r AS RANGE (subtype = bigint);
CREATE TABLE t (r r, rs r[], m r_multirange, EXCLUDE USING gist (r WITH &&));
CREATE INDEX t_r ON t USING gist (r);

-- pair: a range with functions of its own
CREATE FUNCTION diff(a timetz, b timetz) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT extract(epoch FROM a)::double precision - extract(epoch FROM b)::double precision';
-- becomes
CREATE FUNCTION diff(a timetz, b timetz) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT extract(epoch FROM a)::double precision - extract(epoch FROM b)::double precision';
CREATE TYPE time_range AS RANGE (subtype = timetz, subtype_diff = diff);
CREATE FUNCTION of_range(r time_range) RETURNS timetz LANGUAGE sql IMMUTABLE AS 'SELECT lower(r)';
CREATE TABLE t (r time_range);

-- pair: an array of a type and a table of a type
CREATE TYPE person AS (id integer, name text);
-- becomes
CREATE TYPE person AS (id integer, name text);
CREATE TABLE people OF person (PRIMARY KEY (id), name WITH OPTIONS NOT NULL DEFAULT 'x');

-- pair: types with rights
CREATE ROLE pairs_member;
CREATE TYPE mood AS ENUM ('x');
CREATE DOMAIN d AS integer;
-- becomes
CREATE ROLE pairs_member;
CREATE TYPE mood AS ENUM ('x');
CREATE DOMAIN d AS integer;
REVOKE USAGE ON TYPE mood FROM PUBLIC;
GRANT USAGE ON TYPE mood TO pairs_member WITH GRANT OPTION;
REVOKE ALL ON DOMAIN d FROM PUBLIC;
ALTER TYPE mood OWNER TO pairs_member;
ALTER DOMAIN d OWNER TO pairs_member;
