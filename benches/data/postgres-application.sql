\set id random(1, :customers)
\set message random(1000000000, 1000000000000000)
BEGIN;
SELECT name, email FROM customers WHERE id = :id;
UPDATE customers SET phone = '+33 1 99 00 0000' WHERE id = :id AND closed_at > '2010-01-01';
INSERT INTO messages
SELECT :message, id, now(), 'A new message' FROM customers WHERE id = :id AND closed_at > '2010-01-01'
ON CONFLICT DO NOTHING;
COMMIT;
