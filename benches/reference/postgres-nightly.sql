-- The best hand-written nightly delete: the index on the clock finds the few that are due; locked in key order, tested again in
-- a second statement.
-- psql variables: cutoff, batch.
CREATE PROCEDURE serment_reference(cut timestamptz, batch bigint) LANGUAGE plpgsql AS $$
DECLARE
  keys bigint[];
BEGIN
  LOOP
    keys := ARRAY(
      SELECT id FROM visits
      WHERE id IN (SELECT id FROM visits WHERE seen_at < cut ORDER BY seen_at LIMIT batch)
      ORDER BY id FOR UPDATE);
    EXIT WHEN cardinality(keys) = 0;
    DELETE FROM visits WHERE id = ANY (keys) AND seen_at < cut;
    COMMIT;
  END LOOP;
END $$;
CALL serment_reference(:'cutoff', :batch);
