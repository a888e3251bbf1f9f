CREATE TABLE orders (id integer PRIMARY KEY, token uuid DEFAULT gen_random_uuid() NOT NULL, number bigint GENERATED ALWAYS AS IDENTITY);
