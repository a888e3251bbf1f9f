-- constrain: change tables, publish of publication warehouse (incompatible)
-- lock: orders SHARE UPDATE EXCLUSIVE
-- lock: items SHARE UPDATE EXCLUSIVE
ALTER PUBLICATION "warehouse" SET TABLE ONLY "public"."items", ONLY "public"."orders";
ALTER PUBLICATION "warehouse" SET (publish = 'insert');
