-- A log partitioned by year. The whole of 1996 is due, nothing else is.
-- psql variables: logs (in each of two partitions).
CREATE TABLE logs (
  id        bigint NOT NULL,
  seen_at   timestamptz NOT NULL,
  ip        text,
  PRIMARY KEY (id, seen_at)
) PARTITION BY RANGE (seen_at);
CREATE TABLE logs_1996 PARTITION OF logs FOR VALUES FROM ('1996-01-01 00:00:00+00') TO ('1997-01-01 00:00:00+00');
CREATE TABLE logs_2016 PARTITION OF logs FOR VALUES FROM ('2016-01-01 00:00:00+00') TO ('2017-01-01 00:00:00+00');
INSERT INTO logs
SELECT i,
       CASE WHEN i <= :logs THEN timestamptz '1996-01-01 00:00:00+00'
            ELSE timestamptz '2016-01-01 00:00:00+00' END + ((i * 104729) % 31000000) * interval '1 second',
       '198.51.100.' || (i % 254)
FROM generate_series(1::bigint, 2 * :logs) AS i;
VACUUM (ANALYZE, FREEZE) logs;
