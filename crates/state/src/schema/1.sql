CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('hold_epoch', '0');

CREATE TABLE approvals (
    rule       TEXT PRIMARY KEY,
    hash       TEXT NOT NULL,
    at         TEXT NOT NULL,
    actor      TEXT NOT NULL,
    ceilings   TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    accepted   TEXT NOT NULL,
    journal    INTEGER NOT NULL,
    used       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- One row per rule that acted in a run, even when it found nothing: the median needs the zeros.
CREATE TABLE rule_runs (
    rule TEXT NOT NULL,
    run  TEXT NOT NULL,
    at   TEXT NOT NULL,
    PRIMARY KEY (rule, run)
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
    rule       TEXT NOT NULL,
    run        TEXT NOT NULL,
    table_id   TEXT NOT NULL,
    effect     TEXT NOT NULL,
    client     TEXT NOT NULL DEFAULT '',
    has_client INTEGER NOT NULL,
    rows       INTEGER NOT NULL,
    PRIMARY KEY (rule, run, table_id, effect, has_client, client)
) STRICT, WITHOUT ROWID;

CREATE TABLE holds (
    id         TEXT PRIMARY KEY,
    scope      TEXT NOT NULL,
    client     TEXT,
    ground     TEXT NOT NULL,
    actor      TEXT NOT NULL,
    until      TEXT,
    added_at   TEXT NOT NULL,
    pending    INTEGER NOT NULL,
    removed_at TEXT,
    removed_by TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    id       TEXT PRIMARY KEY,
    started  TEXT NOT NULL,
    finished TEXT,
    status   TEXT NOT NULL,
    actor    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A span of batches that one intent of the journal announces.
CREATE TABLE spans (
    intent  INTEGER PRIMARY KEY,
    run     TEXT NOT NULL REFERENCES runs (id),
    step    TEXT NOT NULL,
    store   TEXT NOT NULL,
    context TEXT NOT NULL,
    closed  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE batches (
    intent      INTEGER NOT NULL REFERENCES spans (intent),
    number      INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('intended', 'sealed', 'committed', 'abandoned')),
    low         TEXT,
    high        TEXT,
    counts      TEXT NOT NULL DEFAULT '[]',
    transaction_name TEXT,
    PRIMARY KEY (intent, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcomes (
    journal  INTEGER PRIMARY KEY,
    run      TEXT NOT NULL,
    intent   INTEGER,
    step     TEXT NOT NULL,
    rules    TEXT NOT NULL,
    store    TEXT NOT NULL,
    table_id TEXT NOT NULL,
    client   TEXT,
    effect   TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    rows     INTEGER NOT NULL,
    at_least INTEGER NOT NULL,
    at       TEXT NOT NULL
) STRICT;
CREATE INDEX outcomes_by_run ON outcomes (run);
CREATE INDEX outcomes_by_intent ON outcomes (intent);

-- What is to be written into the journal by whoever has it open: another process may hold it.
CREATE TABLE outbox (
    id      INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    at      TEXT NOT NULL,
    payload TEXT NOT NULL
) STRICT;

PRAGMA application_id = 0x53524d54;
PRAGMA user_version = 1;
