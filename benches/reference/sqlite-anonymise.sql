-- The best hand-written batches on SQLite: ranges of the key; BEGIN IMMEDIATE locks every writer out before the rows are tested, so
-- that one test is enough. Erased bytes are overwritten, as ours are.
-- Words after a colon are replaced: :cutoff; in the second part, which is said for each range of keys, :low and :high.
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
-- each
BEGIN IMMEDIATE;
UPDATE messages SET body = '-' WHERE customer_id IN
  (SELECT id FROM customers WHERE id > :low AND id <= :high AND closed_at < :cutoff);
UPDATE customers SET name = '-', email = NULL, phone = NULL, street = NULL, city = NULL
  WHERE id > :low AND id <= :high AND closed_at < :cutoff;
COMMIT;
