-- +goose Up
-- The house's own order: what is kept how long, and a chain over all that happened.

-- When the attachments were taken out of a mail, and when its content was erased for good.
ALTER TABLE mails ADD COLUMN stripped_at INTEGER;
ALTER TABLE mails ADD COLUMN shredded_at INTEGER;
CREATE INDEX mails_kept ON mails (decided_at) WHERE shredded_at IS NULL;
CREATE INDEX mails_key ON mails (key_id);

-- held: a legal hold, nothing of the ticket is erased.
ALTER TABLE tickets ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN shredded_at INTEGER;
CREATE INDEX tickets_closed ON tickets (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX tickets_key ON tickets (key_id);

-- What people decided stays on the record when the ticket's content is gone.
ALTER TABLE requests ADD COLUMN outcome TEXT NOT NULL DEFAULT '';

ALTER TABLE letters ADD COLUMN shredded_at INTEGER;
CREATE INDEX letters_key ON letters (key_id);

-- When we took the mail away from the server.
ALTER TABLE locations ADD COLUMN removed_at INTEGER;

-- Every event and every erasure, chained: hash covers the row and the hash of the row before.
-- item: the event's number within its ticket, 0 when it is none. content: a hash of what was sealed.
CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    item    INTEGER NOT NULL,
    content BLOB NOT NULL,
    hash    BLOB NOT NULL
) STRICT;
CREATE INDEX audit_subject ON audit (subject, item);
