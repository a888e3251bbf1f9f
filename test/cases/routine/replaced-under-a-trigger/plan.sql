-- expand: change definition of routine "stamp()" (safe)
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION public.stamp()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$BEGIN NEW.changed := clock_timestamp(); RETURN NEW; END$function$;

-- constrain: change definition of trigger stamp of users (safe)
-- lock: users SHARE ROW EXCLUSIVE
CREATE OR REPLACE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.stamp();
