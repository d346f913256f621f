-- The best hand-written batches on MariaDB: ranges of the key; candidates locked in key order, then tested again in a second
-- statement, whose snapshot (READ COMMITTED) sees what was committed before; messages first; one transaction a batch.
-- User variables: @cutoff, @span (width of a range of keys).
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
DELIMITER //
CREATE PROCEDURE serment_reference(cut datetime, span bigint)
BEGIN
  DECLARE low bigint DEFAULT 0;
  DECLARE last, locked bigint;
  SELECT max(id) INTO last FROM customers;
  WHILE low < last DO
    START TRANSACTION;
    SELECT count(*) INTO locked FROM (
      SELECT id FROM customers
      WHERE id > low AND id <= low + span AND closed_at < cut
      ORDER BY id FOR UPDATE) AS candidates;
    DELETE m FROM messages m JOIN customers c ON c.id = m.customer_id
      WHERE c.id > low AND c.id <= low + span AND c.closed_at < cut;
    DELETE FROM customers
      WHERE id > low AND id <= low + span AND closed_at < cut;
    COMMIT;
    SET low = low + span;
  END WHILE;
END //
DELIMITER ;
CALL serment_reference(@cutoff, @span);
