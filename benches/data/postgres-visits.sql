-- Visits with an index on their time, a few of which are due: from 1996 to 2001, scattered; the others from 2013 to 2018.
-- psql variables: visits, one_in (one visit in so many is due).
CREATE TABLE visits (
  id      bigint NOT NULL,
  seen_at timestamptz NOT NULL,
  ip      text,
  path    text
);
INSERT INTO visits
SELECT i,
       CASE WHEN i % :one_in = 7 THEN timestamptz '1996-01-01 00:00:00+00'
            ELSE timestamptz '2013-01-01 00:00:00+00' END + ((i * 104729) % 189000000) * interval '1 second',
       '198.51.100.' || (i % 254),
       '/page/' || (i % 5003) || '/and/some/more'
FROM generate_series(1::bigint, :visits) AS i;
ALTER TABLE visits ADD PRIMARY KEY (id);
CREATE INDEX visits_seen ON visits (seen_at);
VACUUM (ANALYZE, FREEZE) visits;
