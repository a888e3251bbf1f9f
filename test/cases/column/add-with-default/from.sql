CREATE TABLE memories (id integer PRIMARY KEY);
