-- reads schemas public, shop
CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
CREATE SCHEMA shop;
COMMENT ON SCHEMA shop IS 'What is sold';
CREATE TABLE shop.orders (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users);
