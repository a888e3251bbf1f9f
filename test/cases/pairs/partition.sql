-- pair: by range, by list and by hash, with defaults
-- becomes
CREATE TABLE r (id integer, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE r2 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO (MAXVALUE) PARTITION BY HASH (id);
CREATE TABLE r21 PARTITION OF r2 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE r22 PARTITION OF r2 FOR VALUES WITH (MODULUS 2, REMAINDER 1) WITH (fillfactor = 50);
CREATE TABLE l (kind text, n integer, CHECK (n > 0)) PARTITION BY LIST (lower(kind));
CREATE TABLE l1 PARTITION OF l (n DEFAULT 5, CONSTRAINT own CHECK (n < 100)) FOR VALUES IN ('a', 'b', NULL);
CREATE TABLE l_rest PARTITION OF l DEFAULT;
CREATE INDEX l_n ON l (n);
COMMENT ON TABLE l1 IS 'a part';

-- pair: bounds that move
CREATE TABLE r (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE r2 PARTITION OF r FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
-- becomes
CREATE TABLE r (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2020-07-01');
CREATE TABLE r2 PARTITION OF r FOR VALUES FROM ('2020-07-01') TO ('2022-01-01');

-- pair: a partition with another order of columns
CREATE TABLE r (id integer NOT NULL, at date, note text) PARTITION BY RANGE (at);
CREATE TABLE r1 (note text, at date, id integer NOT NULL);
-- becomes
CREATE TABLE r (id integer NOT NULL, at date, note text) PARTITION BY RANGE (at);
CREATE TABLE r1 (note text, at date, id integer NOT NULL);
ALTER TABLE r ATTACH PARTITION r1 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

-- pair: columns of all partitions
CREATE TABLE r (id integer, at date, gone text) PARTITION BY RANGE (at);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (id);
CREATE TABLE r11 PARTITION OF r1 FOR VALUES IN (1);
-- becomes
CREATE TABLE r (id integer, at date NOT NULL, more text DEFAULT 'x' NOT NULL, CHECK (more <> '')) PARTITION BY RANGE (at);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (id);
CREATE TABLE r11 PARTITION OF r1 FOR VALUES IN (1);

-- pair: keys and indexes of all partitions
CREATE TABLE o (id integer PRIMARY KEY);
CREATE TABLE r (id integer NOT NULL, o integer, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX gone ON r (o);
-- becomes
CREATE TABLE o (id integer PRIMARY KEY);
CREATE TABLE r (id integer NOT NULL, o integer REFERENCES o ON DELETE CASCADE, at date NOT NULL, PRIMARY KEY (id, at), CONSTRAINT u UNIQUE (at, o)) PARTITION BY RANGE (at);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE r2 PARTITION OF r FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE INDEX r_at ON r (at) INCLUDE (id);
CREATE INDEX own ON r1 (o);
CREATE TABLE c (id integer, at date, FOREIGN KEY (id, at) REFERENCES r);

-- pair: a partitioned table is no more, its parts stay
CREATE TABLE r (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX r_at ON r (at);
-- becomes
CREATE TABLE r1 (id integer, at date);

-- pair: a table is partitioned otherwise
CREATE TABLE r (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
-- becomes
CREATE TABLE r (id integer, at date) PARTITION BY LIST (id);
CREATE TABLE r1 PARTITION OF r FOR VALUES IN (1);

-- pair: a partition's own
CREATE ROLE pairs_member;
CREATE TABLE r (id integer, at date, note text) PARTITION BY RANGE (at);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
-- becomes
CREATE ROLE pairs_member;
CREATE TABLE r (id integer, at date, note text) PARTITION BY RANGE (at);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') WITH (fillfactor = 80);
ALTER TABLE r1 ALTER COLUMN note SET DEFAULT 'own';
ALTER TABLE r1 ALTER COLUMN id SET NOT NULL;
ALTER TABLE r1 ADD CHECK (id > 0);
ALTER TABLE r1 ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON r1 USING (id > 1);
GRANT SELECT ON r1 TO pairs_member;
COMMENT ON COLUMN r1.note IS 'own';

-- pair: an identity over partitions [since 17]
CREATE TABLE r (id integer GENERATED ALWAYS AS IDENTITY, at date) PARTITION BY RANGE (at);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
-- becomes
CREATE TABLE r (id bigint GENERATED ALWAYS AS IDENTITY, at date) PARTITION BY RANGE (at);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE r2 PARTITION OF r FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');

-- pair: operator classes and collations of keys
-- becomes
CREATE TABLE r (a text, b text) PARTITION BY RANGE (a COLLATE "C" text_pattern_ops, (lower(b)));
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('a', MINVALUE) TO ('m', MAXVALUE);

-- pair: parameters of an index of all partitions
CREATE TABLE metric (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE metric_2024 PARTITION OF metric FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX metric_id ON metric (id) WITH (fillfactor = 60);
-- becomes
CREATE TABLE metric (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE metric_2024 PARTITION OF metric FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX metric_id ON metric (id);

-- pair: a type and values that partitions have otherwise
CREATE TABLE note (id integer, body text DEFAULT upper('x')) PARTITION BY RANGE (id);
CREATE TABLE note_1 PARTITION OF note FOR VALUES FROM (0) TO (10);
CREATE TABLE note_2 PARTITION OF note FOR VALUES FROM (10) TO (20);
ALTER TABLE note_1 ALTER COLUMN body SET DEFAULT 'one';
ALTER TABLE note_2 ALTER COLUMN body DROP DEFAULT;
ALTER TABLE note_2 ALTER COLUMN body SET STORAGE EXTERNAL;
-- becomes
CREATE TABLE note (id integer, body integer DEFAULT 6, more text DEFAULT 'm') PARTITION BY RANGE (id);
CREATE TABLE note_1 PARTITION OF note FOR VALUES FROM (0) TO (10);
CREATE TABLE note_2 PARTITION OF note FOR VALUES FROM (10) TO (20);
ALTER TABLE note_1 ALTER COLUMN body DROP DEFAULT;
ALTER TABLE note_1 ALTER COLUMN more SET DEFAULT 'of one';
COMMENT ON COLUMN note_2.more IS 'of two';

-- pair: a partition moves to a parent of another shape
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE old_parent (id integer, kind text NOT NULL, gone integer) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF old_parent FOR VALUES IN (1, 2);
CREATE INDEX old_kind ON old_parent (kind);
-- becomes
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE new_parent (id integer, kind mood, more jsonb, CONSTRAINT positive CHECK (id > 0)) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF new_parent FOR VALUES IN (1, 2);
CREATE INDEX new_kind ON new_parent (kind);

-- pair: a check that only a partition was checked for
CREATE TABLE gauge (id integer, CONSTRAINT high CHECK (id > 0)) PARTITION BY RANGE (id);
CREATE TABLE gauge_1 PARTITION OF gauge FOR VALUES FROM (0) TO (10);
-- becomes
CREATE TABLE gauge (id integer) PARTITION BY RANGE (id);
ALTER TABLE gauge ADD CONSTRAINT high CHECK (id > -5) NOT VALID;
CREATE TABLE gauge_1 PARTITION OF gauge FOR VALUES FROM (0) TO (10);

-- pair: an index of all partitions comes before an equal one
CREATE TABLE flow (id integer) PARTITION BY RANGE (id);
CREATE TABLE flow_1 PARTITION OF flow FOR VALUES FROM (0) TO (10);
CREATE INDEX second ON flow (id);
-- becomes
CREATE TABLE flow (id integer) PARTITION BY RANGE (id);
CREATE TABLE flow_1 PARTITION OF flow FOR VALUES FROM (0) TO (10);
CREATE INDEX first ON flow (id);
CREATE INDEX second ON flow (id);
