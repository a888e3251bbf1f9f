-- A warehouse: materialised views, functions, domains, ranges, exclusion, statistics, aggregates, inheritance.
CREATE SCHEMA staging;
CREATE SCHEMA mart;
CREATE DOMAIN mart.amount AS numeric(14,2) DEFAULT 0.00 CHECK (VALUE >= 0) CHECK (VALUE < 1e12);
CREATE DOMAIN mart.codes AS varchar(8)[] NOT NULL;
CREATE TYPE mart.span AS RANGE (subtype = double precision, subtype_diff = float8mi);
CREATE TYPE mart.money_range AS RANGE (subtype = numeric);
CREATE COLLATION mart.plain (locale = 'C', provider = libc);

CREATE FUNCTION mart.add_clamped(state numeric, value numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE COST 5 AS $fn$ begin return least(state + coalesce(value, 0), 1000000); end $fn$;
CREATE AGGREGATE mart.clamped_sum(numeric) (SFUNC = mart.add_clamped, STYPE = numeric, INITCOND = '0', PARALLEL = SAFE);
CREATE FUNCTION mart.fiscal_year(d date) RETURNS integer LANGUAGE sql IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'select extract(year from d + interval ''3 months'')::int';
CREATE FUNCTION mart.fiscal_year(d timestamp with time zone) RETURNS integer LANGUAGE sql STABLE AS $$ SELECT mart.fiscal_year(d::date) $$;
CREATE FUNCTION mart.pairs(OUT a integer, OUT b text) RETURNS SETOF record LANGUAGE sql AS $$ VALUES (1, 'x'), (2, 'y') $$;

CREATE TABLE staging.raw (
  line bigint GENERATED ALWAYS AS IDENTITY,
  loaded_at timestamp(3) without time zone DEFAULT LOCALTIMESTAMP,
  loaded_on date DEFAULT CURRENT_DATE,
  body text,
  number real DEFAULT 'NaN',
  bits bit varying(16) DEFAULT B'1010',
  flags bit(4),
  place point DEFAULT '(1,2)',
  net cidr,
  ratio double precision DEFAULT 1e-3,
  tags text[] DEFAULT ARRAY['a', 'b c', '"q"']::text[],
  matrix integer[] DEFAULT '{{1,2},{3,4}}',
  took interval day to second(2),
  started time(0) with time zone,
  x xml
);
ALTER TABLE staging.raw ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE staging.raw ALTER COLUMN body SET STATISTICS 500;
ALTER TABLE staging.raw ALTER COLUMN number SET (n_distinct = -0.5);

CREATE TABLE mart.products (
  sku varchar(20) COLLATE mart.plain PRIMARY KEY,
  name character varying NOT NULL,
  price mart.amount NOT NULL,
  codes mart.codes DEFAULT '{A1}',
  valid daterange NOT NULL DEFAULT daterange('2020-01-01', NULL),
  width mart.span,
  search tsvector GENERATED ALWAYS AS (to_tsvector('english', name)) STORED,
  EXCLUDE USING gist (valid WITH &&, width WITH &&) WHERE (price > 0),
  CONSTRAINT products_price_check CHECK ((price)::numeric > (0)::numeric) NO INHERIT
);
CREATE INDEX products_search ON mart.products USING gin (search);
CREATE INDEX products_valid ON mart.products USING gist (valid);
CREATE INDEX products_name ON mart.products USING hash (name);
CREATE INDEX products_expr ON mart.products ((price * 2) DESC, (name || sku)) WHERE price > 10 AND name <> '';
CREATE INDEX products_name_c ON mart.products (name COLLATE "C" varchar_pattern_ops, sku DESC NULLS LAST) WITH (deduplicate_items = off);
CREATE TABLE mart.old_products (retired date) INHERITS (mart.products);

CREATE TABLE mart.sales (
  id integer NOT NULL,
  sku varchar(20) NOT NULL,
  sold_at timestamptz NOT NULL,
  quantity integer DEFAULT 1 NOT NULL,
  total numeric(14,2),
  PRIMARY KEY (id) INCLUDE (sku),
  FOREIGN KEY (sku) REFERENCES mart.products ON UPDATE CASCADE ON DELETE RESTRICT
);
ALTER TABLE mart.sales REPLICA IDENTITY FULL;
CREATE INDEX sales_sold ON mart.sales (sold_at);
CLUSTER mart.sales USING sales_pkey;
CREATE STATISTICS mart.sales_sku_quantity (dependencies, ndistinct) ON sku, quantity FROM mart.sales;
CREATE STATISTICS mart.sales_expr ON (mart.fiscal_year(sold_at::date)), sku FROM mart.sales;
ALTER STATISTICS mart.sales_expr SET STATISTICS 200;

CREATE MATERIALIZED VIEW mart.daily AS
  SELECT date_trunc('day', sold_at) AS day, sku, sum(quantity) AS quantity, mart.clamped_sum(total) AS total FROM mart.sales GROUP BY 1, 2;
CREATE UNIQUE INDEX daily_key ON mart.daily (day, sku);
CREATE INDEX daily_total ON mart.daily (total DESC) WHERE quantity > 10;
COMMENT ON MATERIALIZED VIEW mart.daily IS 'Refreshed at night';
COMMENT ON INDEX mart.daily_key IS 'For REFRESH CONCURRENTLY';
CREATE MATERIALIZED VIEW mart.yearly WITH (fillfactor = 90) AS
  WITH RECURSIVE years(n) AS (SELECT 2020 UNION ALL SELECT n + 1 FROM years WHERE n < 2030)
  SELECT y.n, coalesce(sum(d.total), 0) AS total, rank() OVER (ORDER BY coalesce(sum(d.total), 0) DESC) AS place
  FROM years y LEFT JOIN mart.daily d ON mart.fiscal_year(d.day::date) = y.n GROUP BY y.n;
CREATE MATERIALIZED VIEW mart.later AS SELECT n AS year, total FROM mart.yearly WITH NO DATA;
CREATE VIEW mart.report AS
  SELECT y.*, p.price, CASE WHEN p.price BETWEEN 1 AND 10 THEN 'low' WHEN p.price IS NULL THEN NULL ELSE 'high' END AS band, ARRAY(SELECT s.id FROM mart.sales s WHERE s.sku = p.sku ORDER BY s.id) AS ids
  FROM mart.yearly y CROSS JOIN LATERAL (SELECT * FROM mart.products WHERE name NOT IN ('x', 'y') AND name ~* '^a' LIMIT 1) p;
COMMENT ON COLUMN mart.report.band IS 'low or high';
COMMENT ON FUNCTION mart.fiscal_year(date) IS 'Begins in October';
COMMENT ON AGGREGATE mart.clamped_sum(numeric) IS 'Never above a million';
CREATE PUBLICATION mart_changes FOR TABLE mart.sales WITH (publish = 'insert, update');
