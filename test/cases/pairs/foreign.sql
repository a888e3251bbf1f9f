-- pair: wrapper, server and table from nothing
-- becomes
CREATE FOREIGN DATA WRAPPER w OPTIONS (debug 'true');
CREATE SERVER s TYPE 'demo' VERSION '1.0' FOREIGN DATA WRAPPER w OPTIONS (host 'localhost', port '5432');
CREATE FOREIGN TABLE remote (id integer OPTIONS (column_name 'the id') NOT NULL, note text DEFAULT 'none', CHECK (id > 0)) SERVER s OPTIONS (table_name 'remote');
COMMENT ON FOREIGN DATA WRAPPER w IS 'ours';
COMMENT ON SERVER s IS 'far away';
COMMENT ON FOREIGN TABLE remote IS 'their table';

-- pair: a server changes under its table
CREATE FOREIGN DATA WRAPPER w OPTIONS (a '1', b '2');
CREATE SERVER s VERSION '1.0' FOREIGN DATA WRAPPER w OPTIONS (host 'old', gone 'x');
CREATE FOREIGN TABLE remote (id integer) SERVER s OPTIONS (schema_name 'a', gone 'b');
-- becomes
CREATE FOREIGN DATA WRAPPER w OPTIONS (b '3', c '4');
CREATE SERVER s VERSION '2.0' FOREIGN DATA WRAPPER w OPTIONS (host 'new', port '1');
CREATE FOREIGN TABLE remote (id integer, added text) SERVER s OPTIONS (schema_name 'c', table_name 'd');

-- pair: a server gets another type under its table
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s TYPE 'a' VERSION '1' FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE remote (id integer) SERVER s;
CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS ("user" 'x');
-- becomes
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s TYPE 'b' FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE remote (id integer) SERVER s;
CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS ("user" 'x');

-- pair: a foreign table moves to another server
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE SERVER other FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE remote (id integer) SERVER s;
-- becomes
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE SERVER other FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE remote (id integer) SERVER other;

-- pair: a server goes with all that is on it
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE USER MAPPING FOR PUBLIC SERVER s;
CREATE FOREIGN TABLE remote (id integer) SERVER s;
CREATE VIEW through AS SELECT id FROM remote;
-- becomes
CREATE FOREIGN DATA WRAPPER w;

-- pair: user mappings come, change and go
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE USER MAPPING FOR postgres SERVER s OPTIONS ("user" 'one', gone 'x');
CREATE ROLE pairs_member;
CREATE USER MAPPING FOR pairs_member SERVER s;
-- becomes
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE USER MAPPING FOR postgres SERVER s OPTIONS ("user" 'two', more 'y');
CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS ("user" 'nobody');

-- pair: a wrapper gets a validator and rights
CREATE ROLE pairs_member;
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
-- becomes
CREATE ROLE pairs_member;
CREATE FOREIGN DATA WRAPPER w VALIDATOR postgresql_fdw_validator;
CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'here');
GRANT USAGE ON FOREIGN DATA WRAPPER w TO pairs_member;
GRANT USAGE ON FOREIGN SERVER s TO pairs_member WITH GRANT OPTION;

-- pair: columns of a foreign table change
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE remote (id integer OPTIONS (column_name 'a', gone 'b'), n integer NOT NULL DEFAULT 1, old text) SERVER s;
-- becomes
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE remote (id bigint OPTIONS (column_name 'c', more 'd') NOT NULL, n integer) SERVER s;
COMMENT ON COLUMN remote.id IS 'the key';

-- pair: a partition that lives elsewhere
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE TABLE log (id integer, at date) PARTITION BY RANGE (at);
-- becomes
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE TABLE log (id integer, at date) PARTITION BY RANGE (at);
CREATE FOREIGN TABLE log_old PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') SERVER s OPTIONS (table_name 'log');
