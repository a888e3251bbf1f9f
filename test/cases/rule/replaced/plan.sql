-- constrain: change definition of rule names_out of names (safe)
-- lock: names ACCESS EXCLUSIVE
CREATE OR REPLACE RULE names_out AS
    ON DELETE TO public.names DO INSTEAD  DELETE FROM public.users
  WHERE (users.id = old.id);
