-- The ceiling of the store: the same ranges, without locks and without testing again.
-- User variables: @cutoff, @span (width of a range of keys).
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
DELIMITER //
CREATE PROCEDURE serment_reference(cut datetime, span bigint)
BEGIN
  DECLARE low bigint DEFAULT 0;
  DECLARE last bigint;
  SELECT max(id) INTO last FROM customers;
  WHILE low < last DO
    START TRANSACTION;
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
