-- The whole partition goes at once.
DROP TABLE logs_1996;
