-- A copy of the data of the database `base`, in a database of its own.
CREATE TABLE customers LIKE base.customers;
CREATE TABLE messages LIKE base.messages;
SET SESSION unique_checks = 0, foreign_key_checks = 0;
ALTER TABLE messages ADD FOREIGN KEY (customer_id) REFERENCES customers (id);
INSERT INTO customers SELECT * FROM base.customers ORDER BY id;
INSERT INTO messages SELECT * FROM base.messages ORDER BY id;
ANALYZE TABLE customers, messages;
