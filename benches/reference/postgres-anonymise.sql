-- As postgres-erase.sql: ranges of the key, candidates locked in key order, tested again in a second statement.
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
    UPDATE messages m SET body = '-' FROM customers c
      WHERE c.id = m.customer_id AND m.customer_id > low AND m.customer_id <= low + span
        AND c.id > low AND c.id <= low + span AND c.closed_at < cut;
    UPDATE customers SET name = '-', email = NULL, phone = NULL, street = NULL, city = NULL
      WHERE id > low AND id <= low + span AND closed_at < cut;
    COMMIT;
    low := low + span;
  END LOOP;
END $$;
CALL serment_reference(:'cutoff', :span);
