-- The ceiling of the store: the same ranges, erased bytes left in the file and nothing synced.
-- Words after a colon are replaced: :cutoff; in the second part, which is said for each range of keys, :low and :high.
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = OFF;
PRAGMA synchronous = OFF;
-- each
BEGIN IMMEDIATE;
UPDATE messages SET body = '-' WHERE customer_id IN
  (SELECT id FROM customers WHERE id > :low AND id <= :high AND closed_at < :cutoff);
UPDATE customers SET name = '-', email = NULL, phone = NULL, street = NULL, city = NULL
  WHERE id > :low AND id <= :high AND closed_at < :cutoff;
COMMIT;
