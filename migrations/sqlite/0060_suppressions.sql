-- +goose Up
-- Addresses that get no mailings any more: one row for each ticket that asked for it. state: 'waiting'
-- until the mailings have stopped, 'done', or 'dropped' when people found that nothing was to stop.
-- The rows outlive their tickets: the wish is kept as long as it holds.
CREATE TABLE suppressions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket       TEXT NOT NULL,
    address_hash BLOB NOT NULL,
    key_id       INTEGER NOT NULL,
    sealed       BLOB NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'dropped')),
    attempts     INTEGER NOT NULL DEFAULT 0,
    next_at      INTEGER NOT NULL,
    added_at     INTEGER NOT NULL,
    done_at      INTEGER,
    UNIQUE (ticket, address_hash)
) STRICT;
CREATE INDEX suppressions_waiting ON suppressions (next_at, id) WHERE state = 'waiting';
CREATE INDEX suppressions_address ON suppressions (address_hash);
CREATE INDEX suppressions_key ON suppressions (key_id);
