-- The ceiling of the store: one statement, driven by the index on the clock.
-- psql variables: cutoff.
DELETE FROM visits WHERE seen_at < :'cutoff';
