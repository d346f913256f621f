-- A run of one client's rows says nothing of what a rule usually does.
ALTER TABLE runs ADD COLUMN client TEXT;

PRAGMA user_version = 2;
