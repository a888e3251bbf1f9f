CREATE TABLE logs (id integer, body text);
CREATE TABLE archive (id integer, body text);
CREATE RULE kept AS ON DELETE TO logs WHERE OLD.id < 1000 DO INSTEAD NOTHING;
CREATE RULE copied AS ON INSERT TO logs DO ALSO INSERT INTO archive VALUES (NEW.id, NEW.body);
ALTER TABLE logs DISABLE RULE copied;
