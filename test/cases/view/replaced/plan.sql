-- expand: change definition, columns of view v (safe)
-- lock: v ACCESS EXCLUSIVE
CREATE OR REPLACE VIEW "public"."v" AS
SELECT t.b AS a,
    t.a AS c
   FROM public.t;
