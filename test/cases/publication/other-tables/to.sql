CREATE TABLE orders (id integer PRIMARY KEY);
CREATE TABLE items (id integer PRIMARY KEY);
CREATE PUBLICATION warehouse FOR TABLE items, orders WITH (publish = 'insert');
