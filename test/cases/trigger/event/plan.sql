-- constrain: create event trigger note (safe)
CREATE EVENT TRIGGER note ON ddl_command_end
  WHEN TAG IN ('CREATE TABLE', 'DROP TABLE')
  EXECUTE FUNCTION public.noted();
ALTER EVENT TRIGGER "note" DISABLE;
