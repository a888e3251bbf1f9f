-- reads privileges
CREATE TABLE accounts (id integer PRIMARY KEY, name text, secret text);
GRANT SELECT (id, name) ON accounts TO reader;
CREATE SEQUENCE numbers;
ALTER SEQUENCE numbers OWNER TO reader;
CREATE FUNCTION whisper() RETURNS text LANGUAGE sql AS 'SELECT ''psst''';
REVOKE EXECUTE ON FUNCTION whisper() FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader;
