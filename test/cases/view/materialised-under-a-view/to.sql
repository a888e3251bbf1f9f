CREATE TABLE orders (id integer PRIMARY KEY, customer integer NOT NULL, total numeric NOT NULL);
CREATE MATERIALIZED VIEW totals AS SELECT customer, sum(total) AS total, count(*) AS orders FROM orders GROUP BY customer;
CREATE UNIQUE INDEX totals_customer ON totals (customer);
CREATE INDEX totals_total ON totals (total DESC);
COMMENT ON MATERIALIZED VIEW totals IS 'Refreshed at night';
CREATE VIEW best AS SELECT customer FROM totals WHERE total > 1000;
