CREATE TABLE orders (id integer, total bigint);
CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER watched BEFORE UPDATE OF total ON orders FOR EACH ROW EXECUTE FUNCTION watch();
