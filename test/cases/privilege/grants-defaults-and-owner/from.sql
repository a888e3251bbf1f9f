CREATE TABLE accounts (id integer PRIMARY KEY, name text, secret text);
GRANT ALL ON accounts TO reader;
