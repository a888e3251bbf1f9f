-- pair: foreign keys with all that they can say
CREATE TABLE p (a integer, b integer, PRIMARY KEY (a, b), UNIQUE (b));
CREATE TABLE c (a integer, b integer, d integer, CONSTRAINT plain FOREIGN KEY (a, b) REFERENCES p, CONSTRAINT gone FOREIGN KEY (b) REFERENCES p (b));
-- becomes
CREATE TABLE p (a integer, b integer, PRIMARY KEY (a, b), UNIQUE (b));
CREATE TABLE c (a integer, b integer, d integer, CONSTRAINT plain FOREIGN KEY (a, b) REFERENCES p MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT other FOREIGN KEY (d) REFERENCES p (b) ON DELETE RESTRICT ON UPDATE SET DEFAULT);
COMMENT ON CONSTRAINT other ON c IS 'points up';

-- pair: set null of some columns [since 15]
CREATE TABLE p (a integer, b integer, PRIMARY KEY (a, b));
CREATE TABLE c (a integer, b integer, CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES p ON DELETE SET NULL (b));
-- becomes
CREATE TABLE p (a integer, b integer, PRIMARY KEY (a, b));
CREATE TABLE c (a integer, b integer, CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES p ON DELETE SET NULL (a));
CREATE TABLE d (a integer, b integer DEFAULT 1, CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES p ON DELETE SET DEFAULT (b));

-- pair: not valid, and validated
CREATE TABLE p (a integer PRIMARY KEY);
CREATE TABLE c (a integer, b integer);
ALTER TABLE c ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES p NOT VALID;
ALTER TABLE c ADD CONSTRAINT small CHECK (a < 10) NOT VALID;
-- becomes
CREATE TABLE p (a integer PRIMARY KEY);
CREATE TABLE c (a integer, b integer, CONSTRAINT fk FOREIGN KEY (a) REFERENCES p, CONSTRAINT small CHECK (a < 10));
ALTER TABLE c ADD CONSTRAINT fk2 FOREIGN KEY (b) REFERENCES p NOT VALID;
ALTER TABLE c ADD CONSTRAINT small2 CHECK (b < 10) NOT VALID;

-- pair: not enforced [since 18]
CREATE TABLE p (a integer PRIMARY KEY);
CREATE TABLE c (a integer, b integer, CONSTRAINT fk FOREIGN KEY (a) REFERENCES p NOT ENFORCED, CONSTRAINT big CHECK (a > 0) NOT ENFORCED, CONSTRAINT small CHECK (a < 9));
-- becomes
CREATE TABLE p (a integer PRIMARY KEY);
CREATE TABLE c (a integer, b integer, CONSTRAINT fk FOREIGN KEY (a) REFERENCES p, CONSTRAINT big CHECK (a > 0), CONSTRAINT small CHECK (a < 9) NOT ENFORCED,
  CONSTRAINT fk2 FOREIGN KEY (b) REFERENCES p NOT ENFORCED);

-- pair: keys with everything
CREATE TABLE t (a integer, b integer, c text, CONSTRAINT one UNIQUE (a), CONSTRAINT two UNIQUE (b) DEFERRABLE);
-- becomes
CREATE TABLE t (a integer, b integer, c text, CONSTRAINT one UNIQUE (a) INCLUDE (c) WITH (fillfactor = 60) DEFERRABLE INITIALLY DEFERRED, CONSTRAINT two UNIQUE (b),
  CONSTRAINT key PRIMARY KEY (a, b) INCLUDE (c));
COMMENT ON CONSTRAINT key ON t IS 'the key';
COMMENT ON INDEX key IS 'its index';

-- pair: nulls are not distinct [since 15]
CREATE TABLE t (a integer, b integer, CONSTRAINT one UNIQUE (a));
CREATE UNIQUE INDEX i ON t (b);
-- becomes
CREATE TABLE t (a integer, b integer, CONSTRAINT one UNIQUE NULLS NOT DISTINCT (a));
CREATE UNIQUE INDEX i ON t (b) NULLS NOT DISTINCT;

-- pair: keys over time [since 18]
CREATE TABLE r (id int4range, during tstzrange, CONSTRAINT r_key PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE b (id int4range, during tstzrange);
-- becomes
CREATE TABLE r (id int4range, during tstzrange, CONSTRAINT r_key PRIMARY KEY (id, during WITHOUT OVERLAPS), CONSTRAINT r_u UNIQUE (id, during WITHOUT OVERLAPS));
CREATE TABLE b (id int4range, during tstzrange, CONSTRAINT b_r FOREIGN KEY (id, PERIOD during) REFERENCES r (id, PERIOD during));

-- pair: a table with a key over time goes [since 18]
CREATE TABLE r (id int4range, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE b (id int4range, during daterange, FOREIGN KEY (id, PERIOD during) REFERENCES r (id, PERIOD during));
-- becomes
CREATE TABLE r (id int4range, during daterange, PRIMARY KEY (id, during));

-- pair: exclusions
CREATE TABLE t (a int4range, b circle, c integer, CONSTRAINT one EXCLUDE USING gist (a WITH &&), CONSTRAINT gone EXCLUDE USING gist (b WITH &&));
-- becomes
CREATE TABLE t (a int4range, b circle, c integer, CONSTRAINT one EXCLUDE USING gist (a WITH &&, b WITH &&) INCLUDE (c) WHERE (c > 0) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT two EXCLUDE USING btree (c WITH =) WITH (fillfactor = 50), CONSTRAINT three EXCLUDE USING gist (int4range(c, c + 1) WITH &&));
COMMENT ON CONSTRAINT two ON t IS 'only one';

-- pair: a column under an exclusion changes
CREATE TABLE t (a integer, r int4range, CONSTRAINT one EXCLUDE USING gist (r WITH &&) WHERE (a > 0));
-- becomes
CREATE TABLE t (a bigint, r int4range, CONSTRAINT one EXCLUDE USING gist (r WITH &&) WHERE (a > 0));

-- pair: checks, inherited and not
CREATE TABLE t (a integer, b text, CONSTRAINT x CHECK (a > 0), CONSTRAINT y CHECK (b <> 'it''s') NO INHERIT);
-- becomes
CREATE TABLE t (a integer, b text, CONSTRAINT x CHECK (a > 0) NO INHERIT, CONSTRAINT y CHECK (b IN ('a', 'b')), CHECK (a BETWEEN 1 AND 5 OR b LIKE 'x%'));

-- pair: names that move
CREATE TABLE t (a integer CONSTRAINT one CHECK (a > 0), b integer CONSTRAINT two CHECK (b > 0), UNIQUE (a));
CREATE INDEX i ON t (b);
CREATE INDEX j ON t (a);
-- becomes
CREATE TABLE t (a integer CONSTRAINT two CHECK (a > 0), b integer CONSTRAINT one CHECK (b > 0), CONSTRAINT i UNIQUE (a));
CREATE INDEX j ON t (b);

-- pair: the key moves to another column under foreign keys
CREATE TABLE p (a integer PRIMARY KEY, b integer NOT NULL UNIQUE);
CREATE TABLE c (p integer REFERENCES p (a));
-- becomes
CREATE TABLE p (a integer NOT NULL UNIQUE, b integer PRIMARY KEY);
CREATE TABLE c (p integer REFERENCES p (b));

-- pair: columns of a foreign key change together
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE c (id integer PRIMARY KEY, p integer REFERENCES p);
CREATE TABLE d (c integer REFERENCES c, p integer REFERENCES p);
-- becomes
CREATE TABLE p (id bigint PRIMARY KEY);
CREATE TABLE c (id bigint PRIMARY KEY, p bigint REFERENCES p);
CREATE TABLE d (c bigint REFERENCES c, p bigint REFERENCES p);

-- pair: foreign keys in a circle go
CREATE TABLE a (id integer PRIMARY KEY, b integer);
CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a, self integer REFERENCES b);
ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;
-- becomes

-- pair: a column that a key only includes gets another type under a foreign key
CREATE TABLE parent (id integer, label text, CONSTRAINT parent_key PRIMARY KEY (id) INCLUDE (label));
CREATE TABLE child (id integer CONSTRAINT child_parent REFERENCES parent DEFERRABLE);
-- becomes
CREATE TABLE parent (id integer, label varchar(20), CONSTRAINT parent_key PRIMARY KEY (id) INCLUDE (label));
CREATE TABLE child (id integer CONSTRAINT child_parent REFERENCES parent ON DELETE CASCADE);

-- pair: a new table whose foreign key to itself stands on the second of two keys
-- becomes
CREATE TABLE tree (id integer, parent integer, CONSTRAINT first UNIQUE (id) DEFERRABLE, CONSTRAINT second UNIQUE (id), FOREIGN KEY (parent) REFERENCES tree (id));
