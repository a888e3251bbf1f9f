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
