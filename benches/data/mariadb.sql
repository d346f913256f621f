-- As postgres.sql: one customer in ten closed the account between 1996 and 2001, scattered over the keys; two messages each.
-- User variables: @customers, @due_in_100.
CREATE TABLE customers (
  id        bigint NOT NULL PRIMARY KEY,
  closed_at datetime,
  name      varchar(100),
  email     varchar(100),
  phone     varchar(40),
  street    varchar(100),
  city      varchar(100)
) ENGINE = InnoDB CHARACTER SET utf8mb4;
CREATE TABLE messages (
  id          bigint NOT NULL PRIMARY KEY,
  customer_id bigint NOT NULL,
  sent_at     datetime,
  body        varchar(400),
  KEY messages_customer (customer_id),
  FOREIGN KEY (customer_id) REFERENCES customers (id)
) ENGINE = InnoDB CHARACTER SET utf8mb4;
SET SESSION unique_checks = 0, foreign_key_checks = 0;
INSERT INTO customers
SELECT seq,
       IF((seq * 79) % 100 < @due_in_100, timestamp '1996-01-01 00:00:00', timestamp '2013-01-01 00:00:00')
         + INTERVAL ((seq * 104729) % 189000000) SECOND,
       concat('Customer number ', seq),
       concat('customer.', seq, '@mail.example'),
       concat('+33 1 99 00 ', lpad(seq % 10000, 4, '0')),
       concat(seq % 300, ' rue des Tilleuls'),
       concat('Ville ', seq % 997)
FROM seq_1_to_100000000 WHERE seq <= @customers;
INSERT INTO messages
SELECT seq,
       1 + (seq - 1) % @customers,
       timestamp '1995-01-01 00:00:00' + INTERVAL ((seq * 15485863) % 31000000) SECOND,
       concat('Hello, this is message number ', seq, ': ', repeat('words and words ', 4))
FROM seq_1_to_100000000 WHERE seq <= 2 * @customers;
ANALYZE TABLE customers, messages;
