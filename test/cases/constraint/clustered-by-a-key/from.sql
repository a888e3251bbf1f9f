CREATE TABLE orders (id integer CONSTRAINT orders_pkey PRIMARY KEY, at date);
CREATE INDEX orders_at ON orders (at);
ALTER TABLE orders CLUSTER ON orders_at;
CREATE TABLE parts (id integer CONSTRAINT parts_pkey PRIMARY KEY);
ALTER TABLE parts CLUSTER ON parts_pkey;
