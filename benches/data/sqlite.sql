-- As postgres.sql: one customer in ten closed the account between 1996 and 2001, scattered over the keys; two messages each.
-- Words after a colon are replaced: :customers, :due_in_100.
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE customers (
  id        integer NOT NULL PRIMARY KEY,
  closed_at text,
  name      text,
  email     text,
  phone     text,
  street    text,
  city      text
);
CREATE TABLE messages (
  id          integer NOT NULL PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  sent_at     text,
  body        text
);
WITH RECURSIVE i (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < :customers)
INSERT INTO customers
SELECT i,
       strftime('%Y-%m-%dT%H:%M:%SZ', CASE WHEN (i * 79) % 100 < :due_in_100 THEN 820454400 ELSE 1356998400 END
         + (i * 104729) % 189000000, 'unixepoch'),
       'Customer number ' || i,
       'customer.' || i || '@mail.example',
       '+33 1 99 00 ' || substr('0000' || (i % 10000), -4),
       (i % 300) || ' rue des Tilleuls',
       'Ville ' || (i % 997)
FROM i;
WITH RECURSIVE i (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 2 * :customers)
INSERT INTO messages
SELECT i,
       1 + (i - 1) % :customers,
       strftime('%Y-%m-%dT%H:%M:%SZ', 788918400 + (i * 15485863) % 31000000, 'unixepoch'),
       'Hello, this is message number ' || i || ': words and words words and words words and words words and words '
FROM i;
CREATE INDEX messages_customer ON messages (customer_id);
ANALYZE;
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
