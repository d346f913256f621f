-- The best hand-written batches on PostgreSQL: ranges of the key. The candidates are locked in
-- key order, then tested again in a second statement, whose snapshot sees what was committed before the locks were
-- obtained; messages first, by explicit statements; one transaction a batch.
-- psql variables: cutoff, span (width of a range of keys).
CREATE PROCEDURE serment_reference(cut timestamptz, span bigint) LANGUAGE plpgsql AS $$
DECLARE
  low  bigint := 0;
  last bigint := (SELECT max(id) FROM customers);
BEGIN
  WHILE low < last LOOP
    PERFORM 1 FROM customers
      WHERE id > low AND id <= low + span AND closed_at < cut
      ORDER BY id FOR UPDATE;
    DELETE FROM messages m USING customers c
      WHERE c.id = m.customer_id AND m.customer_id > low AND m.customer_id <= low + span
        AND c.id > low AND c.id <= low + span AND c.closed_at < cut;
    DELETE FROM customers
      WHERE id > low AND id <= low + span AND closed_at < cut;
    COMMIT;
    low := low + span;
  END LOOP;
END $$;
CALL serment_reference(:'cutoff', :span);
