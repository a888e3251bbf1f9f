CREATE TABLE t (id integer PRIMARY KEY, parent integer, n integer, note text, gone text);

-- pair: options of views
CREATE VIEW v AS SELECT id, note FROM t WHERE id > 0;
CREATE VIEW w WITH (security_barrier = true, check_option = local) AS SELECT id FROM t WHERE id > 0;
-- becomes
CREATE VIEW v WITH (security_barrier = true) AS SELECT id, note FROM t WHERE id > 0 WITH CASCADED CHECK OPTION;
CREATE VIEW w AS SELECT id FROM t WHERE id > 0;
ALTER VIEW v ALTER COLUMN note SET DEFAULT 'x';
COMMENT ON VIEW v IS 'v';
COMMENT ON COLUMN v.note IS 'a note';

-- pair: the rights of the caller [since 15]
CREATE VIEW v AS SELECT id FROM t;
-- becomes
CREATE VIEW v WITH (security_invoker = true) AS SELECT id FROM t;

-- pair: recursive views and views on views
CREATE VIEW a AS SELECT id, n FROM t;
CREATE VIEW b AS SELECT a.id, a.n + 1 AS m FROM a;
-- becomes
CREATE RECURSIVE VIEW tree (id, depth) AS SELECT id, 0 FROM t WHERE parent IS NULL UNION ALL SELECT t.id, depth + 1 FROM t JOIN tree ON t.parent = tree.id;
CREATE VIEW a AS SELECT n, id FROM t;
CREATE VIEW b AS SELECT a.id, a.n * 2 AS m FROM a;
CREATE VIEW c AS SELECT b.m, tree.depth FROM b, tree;

-- pair: a column under everything gets another type
CREATE ROLE pairs_member;
CREATE VIEW v AS SELECT id, n FROM t;
CREATE VIEW w AS SELECT n FROM v;
CREATE MATERIALIZED VIEW m AS SELECT id, n FROM v;
CREATE UNIQUE INDEX m_id ON m (id);
CREATE INDEX m_n ON m (n);
ALTER MATERIALIZED VIEW m CLUSTER ON m_n;
COMMENT ON INDEX m_n IS 'by n';
COMMENT ON MATERIALIZED VIEW m IS 'kept';
COMMENT ON COLUMN w.n IS 'kept, too';
GRANT SELECT ON v TO pairs_member;
GRANT SELECT (n) ON w TO pairs_member;
ALTER VIEW w OWNER TO pairs_member;
CREATE FUNCTION of_v() RETURNS SETOF v LANGUAGE sql AS 'SELECT * FROM v';
CREATE FUNCTION on_view() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER instead INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION on_view();
CREATE RULE nothing AS ON DELETE TO w DO INSTEAD NOTHING;
COMMENT ON RULE nothing ON w IS 'kept';
COMMENT ON TRIGGER instead ON v IS 'kept';
-- becomes
CREATE ROLE pairs_member;
ALTER TABLE t ALTER COLUMN n TYPE bigint;
CREATE VIEW v AS SELECT id, n FROM t;
CREATE VIEW w AS SELECT n FROM v;
CREATE MATERIALIZED VIEW m AS SELECT id, n FROM v;
CREATE UNIQUE INDEX m_id ON m (id);
CREATE INDEX m_n ON m (n);
ALTER MATERIALIZED VIEW m CLUSTER ON m_n;
COMMENT ON INDEX m_n IS 'by n';
COMMENT ON MATERIALIZED VIEW m IS 'kept';
COMMENT ON COLUMN w.n IS 'kept, too';
GRANT SELECT ON v TO pairs_member;
GRANT SELECT (n) ON w TO pairs_member;
ALTER VIEW w OWNER TO pairs_member;
CREATE FUNCTION of_v() RETURNS SETOF v LANGUAGE sql AS 'SELECT * FROM v';
CREATE FUNCTION on_view() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER instead INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION on_view();
CREATE RULE nothing AS ON DELETE TO w DO INSTEAD NOTHING;
COMMENT ON RULE nothing ON w IS 'kept';
COMMENT ON TRIGGER instead ON v IS 'kept';

-- pair: a column goes from under views
CREATE VIEW v AS SELECT id, gone FROM t;
CREATE VIEW w AS SELECT id FROM v;
CREATE VIEW untouched AS SELECT id FROM t;
-- becomes
ALTER TABLE t DROP COLUMN gone;
CREATE VIEW v AS SELECT id FROM t;
CREATE VIEW w AS SELECT id FROM v;
CREATE VIEW untouched AS SELECT id FROM t;

-- pair: materialized views change
CREATE MATERIALIZED VIEW m AS SELECT id, n FROM t WITH NO DATA;
CREATE INDEX m_n ON m (n);
CREATE MATERIALIZED VIEW gone AS SELECT 1 AS x;
CREATE VIEW over AS SELECT n FROM m;
-- becomes
CREATE MATERIALIZED VIEW m WITH (fillfactor = 70, autovacuum_enabled = false) AS SELECT id, n, note FROM t;
CREATE UNIQUE INDEX m_id ON m (id) INCLUDE (n);
ALTER MATERIALIZED VIEW m ALTER COLUMN note SET STATISTICS 300;
CREATE VIEW over AS SELECT n FROM m;

-- pair: options of a materialized view
CREATE MATERIALIZED VIEW m WITH (fillfactor = 80) AS SELECT id, note FROM t;
-- becomes
CREATE MATERIALIZED VIEW m WITH (autovacuum_enabled = false) AS SELECT id, note FROM t;
ALTER MATERIALIZED VIEW m ALTER COLUMN note SET STORAGE external;
ALTER MATERIALIZED VIEW m ALTER COLUMN note SET STATISTICS 50;
ALTER MATERIALIZED VIEW m ALTER COLUMN id SET (n_distinct = 5);

-- pair: a view becomes a materialized one
CREATE VIEW v AS SELECT id FROM t;
CREATE VIEW w AS SELECT id FROM v;
-- becomes
CREATE MATERIALIZED VIEW v AS SELECT id FROM t;
CREATE VIEW w AS SELECT id FROM v;

-- pair: views of everything that there is
-- becomes
CREATE VIEW one AS SELECT * FROM t;
CREATE VIEW two AS SELECT t.*, row_number() OVER (PARTITION BY n ORDER BY id) AS r, count(*) FILTER (WHERE n > 1) OVER () AS c FROM t;
CREATE VIEW three AS WITH x AS MATERIALIZED (SELECT id FROM t) SELECT x.id, l.v FROM x CROSS JOIN LATERAL (VALUES (1), (2)) l(v) WHERE EXISTS (SELECT FROM t u WHERE u.id = x.id);
CREATE VIEW four AS SELECT n, sum(id) AS s FROM t GROUP BY GROUPING SETS ((n), ()) HAVING sum(id) > 0 ORDER BY 1 LIMIT 5;
CREATE VIEW five AS SELECT id::text || 'x' AS k, note COLLATE "C" AS c, CASE WHEN n IS DISTINCT FROM 1 THEN ARRAY[n] ELSE '{}' END AS a FROM t;
CREATE VIEW "Six ""6""" AS SELECT id AS "Select", note AS "Ä" FROM t;

-- pair: a table whose view reads all of its row
CREATE VIEW v AS SELECT t AS whole FROM t;
-- becomes
ALTER TABLE t ADD COLUMN more text;
CREATE VIEW v AS SELECT t AS whole FROM t;
