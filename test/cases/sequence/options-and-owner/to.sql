CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
CREATE SEQUENCE tickets AS integer INCREMENT BY 10 MAXVALUE 1000000 CACHE 5 CYCLE OWNED BY users.id;
