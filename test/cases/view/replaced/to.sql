CREATE TABLE t (a integer, b integer);
CREATE VIEW v AS SELECT b AS a, a AS c FROM t;
CREATE VIEW w AS SELECT a FROM v;
