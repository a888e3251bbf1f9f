CREATE UNLOGGED TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer) WITH (fillfactor = 80);
ALTER TABLE users ALTER COLUMN email SET STORAGE EXTERNAL;
ALTER TABLE users REPLICA IDENTITY FULL;
