-- +goose Up
-- Addresses that get no mailings any more: one row for each ticket that asked for it. state: 'waiting'
-- until the mailings have stopped, 'done', or 'dropped' when people found that nothing was to stop.
-- The rows outlive their tickets: the wish is kept as long as it holds.
CREATE TABLE suppressions (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket       TEXT NOT NULL,
    address_hash BYTEA NOT NULL,
    key_id       BIGINT NOT NULL,
    sealed       BYTEA NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'dropped')),
    attempts     BIGINT NOT NULL DEFAULT 0,
    next_at      BIGINT NOT NULL,
    added_at     BIGINT NOT NULL,
    done_at      BIGINT,
    UNIQUE (ticket, address_hash)
);
CREATE INDEX suppressions_waiting ON suppressions (next_at, id) WHERE state = 'waiting';
CREATE INDEX suppressions_address ON suppressions (address_hash);
CREATE INDEX suppressions_key ON suppressions (key_id);
