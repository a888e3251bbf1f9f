CREATE TABLE a (id integer PRIMARY KEY, name text, secret text);
CREATE TABLE b (id integer PRIMARY KEY);
CREATE SCHEMA other;
CREATE TABLE other."Odd Name" (id integer PRIMARY KEY, "Select" text);

-- pair: a publication of tables comes
-- becomes
CREATE PUBLICATION p FOR TABLE a, other."Odd Name" WITH (publish = 'insert, delete');
COMMENT ON PUBLICATION p IS 'for the warehouse';

-- pair: a publication of everything goes
CREATE PUBLICATION "Every One" FOR ALL TABLES WITH (publish_via_partition_root = true);
-- becomes

-- pair: a publication gets other tables and verbs
CREATE PUBLICATION p FOR TABLE a;
CREATE PUBLICATION q FOR TABLE a, b;
-- becomes
CREATE PUBLICATION p FOR TABLE b, other."Odd Name" WITH (publish = 'insert', publish_via_partition_root = true);
CREATE PUBLICATION q;

-- pair: a publication of some becomes one of all
CREATE PUBLICATION p FOR TABLE a;
COMMENT ON PUBLICATION p IS 'stays';
-- becomes
CREATE PUBLICATION p FOR ALL TABLES;
COMMENT ON PUBLICATION p IS 'stays';

-- pair: column lists, filters and schemas [since 15]
CREATE PUBLICATION p FOR TABLE a (id, secret) WHERE (id > 10);
CREATE PUBLICATION q FOR TABLES IN SCHEMA other;
-- becomes
CREATE PUBLICATION p FOR TABLE a (id, name) WHERE (id > 20 AND name <> 'x'), b;
CREATE PUBLICATION q FOR TABLES IN SCHEMA public;

-- pair: a published column gets another type [since 15]
CREATE PUBLICATION p FOR TABLE a (id, name) WHERE (id > 10);
-- becomes
ALTER TABLE a ALTER COLUMN id TYPE bigint;
CREATE PUBLICATION p FOR TABLE a (id, name) WHERE (id > 10);

-- pair: a published column goes [since 15]
CREATE PUBLICATION p FOR TABLE a (id, secret);
-- becomes
ALTER TABLE a DROP COLUMN secret;
CREATE PUBLICATION p FOR TABLE a (id);

-- pair: a published table is replaced by a partitioned one
CREATE PUBLICATION p FOR TABLE a;
-- becomes
DROP TABLE a;
CREATE TABLE a (id integer PRIMARY KEY, name text) PARTITION BY RANGE (id);
CREATE PUBLICATION p FOR TABLE a;

-- pair: generated columns are published [since 18]
CREATE PUBLICATION p FOR TABLE a;
-- becomes
CREATE PUBLICATION p FOR TABLE a WITH (publish_generated_columns = stored);

-- pair: a subscription comes
-- becomes
CREATE SUBSCRIPTION s CONNECTION 'host=nowhere.invalid dbname=x' PUBLICATION p, "Q" WITH (connect = false, slot_name = 'the_slot', binary = true);
COMMENT ON SUBSCRIPTION s IS 'from the source';

-- pair: a subscription changes
CREATE SUBSCRIPTION s CONNECTION 'host=nowhere.invalid dbname=x' PUBLICATION p WITH (connect = false, slot_name = 'one', binary = true);
-- becomes
CREATE SUBSCRIPTION s CONNECTION 'host=nowhere.invalid dbname=y' PUBLICATION p, q WITH (connect = false, slot_name = NONE, synchronous_commit = 'local');

-- pair: two-phase commit of a subscription [since 15]
CREATE SUBSCRIPTION s CONNECTION 'host=nowhere.invalid dbname=x' PUBLICATION p WITH (connect = false, slot_name = NONE, streaming = on);
-- becomes
CREATE SUBSCRIPTION s CONNECTION 'host=nowhere.invalid dbname=x' PUBLICATION p WITH (connect = false, slot_name = NONE, two_phase = true, disable_on_error = true);

-- pair: the later options of a subscription [since 17]
CREATE SUBSCRIPTION s CONNECTION 'host=nowhere.invalid dbname=x' PUBLICATION p WITH (connect = false, slot_name = NONE, streaming = parallel, failover = true);
-- becomes
CREATE SUBSCRIPTION s CONNECTION 'host=nowhere.invalid dbname=x' PUBLICATION p WITH (connect = false, slot_name = NONE, streaming = off, run_as_owner = true, origin = none, password_required = false);
