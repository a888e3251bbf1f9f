-- expand: create routine "adults()" (safe)
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION public.adults()
 RETURNS SETOF public.users
 LANGUAGE sql
 STABLE
AS $function$SELECT * FROM users WHERE age >= 18$function$;

-- expand: create routine "longest(text)" (safe)
CREATE AGGREGATE public.longest(text) (
    SFUNC = textcat,
    STYPE = text,
    INITCOND = ''
);

-- expand: create routine "tidy()" (safe)
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE PROCEDURE public.tidy()
 LANGUAGE sql
AS $procedure$DELETE FROM users WHERE age IS NULL$procedure$;
