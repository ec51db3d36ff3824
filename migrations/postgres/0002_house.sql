-- +goose Up
-- The house's own order: what is kept how long, and a chain over all that happened.

-- When the attachments were taken out of a mail, and when its content was erased for good.
ALTER TABLE mails ADD COLUMN stripped_at BIGINT;
ALTER TABLE mails ADD COLUMN shredded_at BIGINT;
CREATE INDEX mails_kept ON mails (decided_at) WHERE shredded_at IS NULL;
CREATE INDEX mails_key ON mails (key_id);

-- held: a legal hold, nothing of the ticket is erased.
ALTER TABLE tickets ADD COLUMN held BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE tickets ADD COLUMN shredded_at BIGINT;
CREATE INDEX tickets_closed ON tickets (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX tickets_key ON tickets (key_id);

-- What people decided stays on the record when the ticket's content is gone.
ALTER TABLE requests ADD COLUMN outcome TEXT NOT NULL DEFAULT '';

ALTER TABLE letters ADD COLUMN shredded_at BIGINT;
CREATE INDEX letters_key ON letters (key_id);

-- When we took the mail away from the server.
ALTER TABLE locations ADD COLUMN removed_at BIGINT;

-- Every event and every erasure, chained: hash covers the row and the hash of the row before.
-- item: the event's number within its ticket, 0 when it is none. content: a hash of what was sealed.
CREATE TABLE audit (
    seq     BIGINT PRIMARY KEY,
    at      BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    item    BIGINT NOT NULL,
    content BYTEA NOT NULL,
    hash    BYTEA NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, item);

-- A process of the first schema that still runs takes nothing more: it would write events beside
-- the chain. Holders carry the schema they know in front. On SQLite a new process waits for the
-- old one to end.
ALTER TABLE mails ADD CONSTRAINT mails_holder CHECK (claimed_by = '' OR claimed_by LIKE 'v2/%') NOT VALID;
ALTER TABLE letters ADD CONSTRAINT letters_holder CHECK (claimed_by = '' OR claimed_by LIKE 'v2/%') NOT VALID;
ALTER TABLE leases ADD CONSTRAINT leases_holder CHECK (holder LIKE 'v2/%') NOT VALID;
