-- +goose Up
-- What delays a letter: 'address', 'domain' or 'thread'; '' = nothing. Of a provider's mailboxes that
-- strangers share no domain is kept.
ALTER TABLE letters ADD COLUMN brake TEXT NOT NULL DEFAULT '';
ALTER TABLE letters ADD COLUMN domain_hash BLOB;
CREATE INDEX letters_domain ON letters (domain_hash, sent_at) WHERE braked;

-- Tickets whose notices to staff wait for a mail that lists them.
CREATE TABLE bundled (
    ticket   TEXT PRIMARY KEY,
    mails    INTEGER NOT NULL,
    first_at INTEGER NOT NULL
) STRICT;
