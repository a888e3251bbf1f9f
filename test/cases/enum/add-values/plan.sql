-- expand: add value 'furious' to enum mood (safe, alone)
ALTER TYPE "public"."mood" ADD VALUE 'furious' BEFORE 'sad';

-- expand: add value 'ok' to enum mood (safe, alone)
ALTER TYPE "public"."mood" ADD VALUE 'ok' AFTER 'sad';

-- expand: add value 'delighted' to enum mood (safe, alone)
ALTER TYPE "public"."mood" ADD VALUE 'delighted';
