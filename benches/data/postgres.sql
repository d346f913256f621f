-- Customers and their messages. One customer in ten closed the account between 1996 and 2001, the others between 2013 and
-- 2020, scattered over the keys. Two messages for each customer, in two runs over the keys.
-- psql variables: customers, due_in_100 (customers that are due, of a hundred).
CREATE TABLE customers (
  id        bigint NOT NULL,
  closed_at timestamptz,
  name      text,
  email     text,
  phone     text,
  street    text,
  city      text
);
INSERT INTO customers
SELECT i,
       CASE WHEN (i * 79) % 100 < :due_in_100 THEN timestamptz '1996-01-01 00:00:00+00'
            ELSE timestamptz '2013-01-01 00:00:00+00' END + ((i * 104729) % 189000000) * interval '1 second',
       'Customer number ' || i,
       'customer.' || i || '@mail.example',
       '+33 1 99 00 ' || lpad((i % 10000)::text, 4, '0'),
       (i % 300) || ' rue des Tilleuls',
       'Ville ' || (i % 997)
FROM generate_series(1::bigint, :customers) AS i;
ALTER TABLE customers ADD PRIMARY KEY (id);

CREATE TABLE messages (
  id          bigint NOT NULL,
  customer_id bigint NOT NULL,
  sent_at     timestamptz,
  body        text
);
INSERT INTO messages
SELECT i,
       1 + (i - 1) % :customers,
       timestamptz '1995-01-01 00:00:00+00' + ((i * 15485863) % 31000000) * interval '1 second',
       'Hello, this is message number ' || i || ': ' || repeat('words and words ', 4)
FROM generate_series(1::bigint, 2 * :customers) AS i;
ALTER TABLE messages ADD PRIMARY KEY (id);
CREATE INDEX messages_customer ON messages (customer_id);
ALTER TABLE messages ADD FOREIGN KEY (customer_id) REFERENCES customers (id);
VACUUM (ANALYZE, FREEZE) customers, messages;
