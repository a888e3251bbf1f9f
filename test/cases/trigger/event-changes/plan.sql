-- constrain: drop event trigger narrow (incompatible)
DROP EVENT TRIGGER "narrow";

-- constrain: create event trigger narrow (safe)
CREATE EVENT TRIGGER narrow ON ddl_command_end
  WHEN TAG IN ('DROP TABLE')
  EXECUTE FUNCTION public.watch();

-- constrain: change enabled of event trigger quiet (safe)
ALTER EVENT TRIGGER "quiet" DISABLE;
