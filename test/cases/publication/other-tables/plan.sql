-- constrain: change tables, publish of publication warehouse (incompatible)
ALTER PUBLICATION "warehouse" SET TABLE ONLY "public"."items", ONLY "public"."orders";
ALTER PUBLICATION "warehouse" SET (publish = 'insert');
