-- The ceiling of the store: the same ranges, erased bytes left in the file and nothing synced.
-- Words after a colon are replaced: :cutoff; in the second part, which is said for each range of keys, :low and :high.
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = OFF;
PRAGMA synchronous = OFF;
-- each
BEGIN IMMEDIATE;
DELETE FROM messages WHERE customer_id IN
  (SELECT id FROM customers WHERE id > :low AND id <= :high AND closed_at < :cutoff);
DELETE FROM customers WHERE id > :low AND id <= :high AND closed_at < :cutoff;
COMMIT;
