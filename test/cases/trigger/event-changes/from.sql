CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER quiet ON ddl_command_end EXECUTE FUNCTION watch();
CREATE EVENT TRIGGER narrow ON ddl_command_end EXECUTE FUNCTION watch();
