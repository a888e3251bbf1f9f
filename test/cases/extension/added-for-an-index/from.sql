CREATE TABLE texts (id integer PRIMARY KEY, body text);
