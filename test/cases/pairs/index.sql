CREATE TABLE t (a integer, b text, c text, j jsonb, r int4range, ts tsvector, arr integer[], p point);

-- pair: every method
-- becomes
CREATE INDEX i1 ON t USING hash (b) WITH (fillfactor = 50);
CREATE INDEX i2 ON t USING gin (j jsonb_path_ops, arr) WITH (fastupdate = off);
CREATE INDEX i3 ON t USING gist (r, p) WITH (buffering = on);
CREATE INDEX i4 ON t USING spgist (b);
CREATE INDEX i5 ON t USING brin (a int4_minmax_multi_ops (values_per_range = 16), b) WITH (pages_per_range = 64, autosummarize = on);
CREATE INDEX i6 ON t USING gist (ts tsvector_ops (siglen = 100));
CREATE INDEX i7 ON t (b COLLATE "C" text_pattern_ops DESC NULLS LAST, a ASC NULLS FIRST) INCLUDE (c) WHERE c IS NOT NULL;
CREATE UNIQUE INDEX i8 ON t (lower(b), (a + 1) DESC, (j ->> 'x')) WHERE a > 0 AND b = ANY (ARRAY['x', 'y']);
ALTER INDEX i8 ALTER COLUMN 2 SET STATISTICS 500;
COMMENT ON INDEX i7 IS 'in "C"';

-- pair: options of operator classes
CREATE INDEX i ON t USING gist (ts tsvector_ops (siglen = 100));
CREATE INDEX k ON t USING brin (a int4_bloom_ops (n_distinct_per_range = 100, false_positive_rate = 0.05));
-- becomes
CREATE INDEX i ON t USING gist (ts tsvector_ops (siglen = 200));
CREATE INDEX k ON t USING brin (a int4_bloom_ops);

-- pair: options that change in place
CREATE INDEX i ON t (a) WITH (fillfactor = 50, deduplicate_items = off);
CREATE INDEX e ON t ((a + 1), (a * 2));
ALTER INDEX e ALTER COLUMN 1 SET STATISTICS 100;
COMMENT ON INDEX i IS 'old';
-- becomes
CREATE INDEX i ON t (a) WITH (fillfactor = 70);
CREATE INDEX e ON t ((a + 1), (a * 2));
ALTER INDEX e ALTER COLUMN 2 SET STATISTICS 300;
ALTER TABLE t CLUSTER ON i;

-- pair: keys that change
CREATE INDEX i1 ON t (a);
CREATE INDEX i2 ON t (a, b);
CREATE UNIQUE INDEX i3 ON t (b);
CREATE INDEX i4 ON t (lower(b));
CREATE INDEX i5 ON t (c) WHERE a > 0;
-- becomes
CREATE INDEX i1 ON t (a DESC);
CREATE INDEX i2 ON t (b, a);
CREATE INDEX i3 ON t (b);
CREATE INDEX i4 ON t (upper(b));
CREATE INDEX i5 ON t (c) WHERE a > 1;

-- pair: the column of a partial index gets another type
CREATE INDEX i ON t (a) WHERE b <> '' AND a IN (1, 2);
CREATE INDEX k ON t ((a + 1));
-- becomes
ALTER TABLE t ALTER COLUMN a TYPE bigint;
CREATE INDEX i ON t (a) WHERE b <> '' AND a IN (1, 2);
CREATE INDEX k ON t ((a + 1));

-- pair: an index becomes a key, and a key an index
CREATE UNIQUE INDEX one ON t (a);
ALTER TABLE t ADD CONSTRAINT two UNIQUE (b);
-- becomes
ALTER TABLE t ADD CONSTRAINT one UNIQUE (a);
CREATE UNIQUE INDEX two ON t (b);

-- pair: collations of our own
CREATE COLLATION mine (provider = libc, locale = 'C');
CREATE TABLE u (a text COLLATE mine);
CREATE INDEX i ON u (a);
-- becomes
CREATE COLLATION mine (provider = libc, locale = 'C');
CREATE TABLE u (a text COLLATE mine);
CREATE INDEX i ON u (a COLLATE "C");
CREATE VIEW v AS SELECT a COLLATE mine AS x FROM u ORDER BY a COLLATE mine;
COMMENT ON COLLATION mine IS 'like C';

-- pair: a table and an index of all names [since 15]
-- becomes
CREATE TABLE "Odd ""T""" ("A b" integer, "select" text, "Ünï" text);
CREATE INDEX "I""dx" ON "Odd ""T""" ("A b", lower("select")) INCLUDE ("Ünï") WHERE "Ünï" <> 'it''s';
CREATE UNIQUE INDEX abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk ON "Odd ""T""" ("select");
