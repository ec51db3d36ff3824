-- +goose Up
-- What is called sealed is encrypted with a data key; what is called *_hash is a keyed hash.
-- Everything else stands in clear and holds no personal data. Times: microseconds UTC.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- One per mail, per ticket and per letter without a ticket, wrapped by the operator's key.
-- Deleting a row erases what it sealed; rows that point to it stay. An id is never used twice.
CREATE TABLE data_keys (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    wrapped BLOB NOT NULL
) STRICT;

-- Work that only one process may do. The token grows with every holder.
CREATE TABLE leases (
    name       TEXT PRIMARY KEY,
    holder     TEXT NOT NULL,
    token      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE cursors (
    account     TEXT NOT NULL,
    folder      TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    last_uid    INTEGER NOT NULL,
    polled_at   INTEGER,
    PRIMARY KEY (account, folder)
) STRICT;

-- One row per content.
CREATE TABLE mails (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    content_hash    BLOB NOT NULL UNIQUE,
    message_id_hash BLOB,
    copy_hash       BLOB,
    key_id          INTEGER NOT NULL,
    size            INTEGER NOT NULL,
    received_at     INTEGER NOT NULL,
    junk            INTEGER NOT NULL DEFAULT 0,
    partial         INTEGER NOT NULL DEFAULT 0,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'done', 'quarantine')),
    disposition     TEXT NOT NULL,
    sealed_reason   BLOB,
    ticket          TEXT NOT NULL DEFAULT '',
    attempts        INTEGER NOT NULL DEFAULT 0,
    suspect         INTEGER NOT NULL DEFAULT 0,
    claimed_by      TEXT NOT NULL DEFAULT '',
    claimed_until   INTEGER NOT NULL DEFAULT 0,
    saved_at        INTEGER NOT NULL,
    decided_at      INTEGER
) STRICT;
CREATE INDEX mails_pending ON mails (received_at, id) WHERE state = 'pending';
CREATE INDEX mails_message_id ON mails (message_id_hash);
CREATE INDEX mails_decided ON mails (decided_at, disposition);
CREATE INDEX mails_ticket ON mails (ticket) WHERE ticket <> '';

-- Apart from mails, so that a claim does not rewrite the content.
CREATE TABLE mail_contents (
    mail_id INTEGER PRIMARY KEY REFERENCES mails (id) ON DELETE CASCADE,
    sealed  BLOB NOT NULL
) STRICT;

-- The ledger: every place where a mail was seen. No mail_id: seen before the start, not kept.
CREATE TABLE locations (
    account     TEXT NOT NULL,
    folder      TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid         INTEGER NOT NULL,
    mail_id     INTEGER REFERENCES mails (id),
    received_at INTEGER NOT NULL,
    duplicate   INTEGER NOT NULL DEFAULT 0,
    saved_at    INTEGER NOT NULL,
    PRIMARY KEY (account, folder, uidvalidity, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX locations_mail ON locations (mail_id);

-- sealed is the whole ticket; the columns beside it are what must be searched and counted.
CREATE TABLE tickets (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    ref           TEXT NOT NULL UNIQUE,
    version       INTEGER NOT NULL,
    state         TEXT NOT NULL,
    urgent        INTEGER NOT NULL,
    needs_human   INTEGER NOT NULL,
    undeliverable INTEGER NOT NULL,
    child_open    INTEGER NOT NULL,
    received_at   INTEGER NOT NULL,
    opened_at     INTEGER NOT NULL,
    closed_at     INTEGER,
    due_at        INTEGER,
    target_at     INTEGER,
    next_at       INTEGER,
    key_id        INTEGER NOT NULL,
    sealed        BLOB NOT NULL
) STRICT;
CREATE INDEX tickets_next ON tickets (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX tickets_open ON tickets (due_at) WHERE state <> 'closed';

-- An index of the requests within the sealed tickets.
CREATE TABLE requests (
    ticket_id   INTEGER NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    "right"     TEXT NOT NULL,
    state       TEXT NOT NULL,
    law         TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    due_at      INTEGER,
    target_at   INTEGER,
    closed_at   INTEGER,
    PRIMARY KEY (ticket_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE parties (
    ticket_id    INTEGER NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    role         TEXT NOT NULL,
    address_hash BLOB NOT NULL,
    PRIMARY KEY (ticket_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX parties_address ON parties (address_hash);

CREATE TABLE events (
    ticket_id   INTEGER NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    seq         INTEGER NOT NULL,
    happened_at INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    sealed      BLOB NOT NULL,
    PRIMARY KEY (ticket_id, seq)
) STRICT, WITHOUT ROWID;

-- The outbox, and the record of what was sent.
CREATE TABLE letters (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id       INTEGER REFERENCES tickets (id),
    kind            TEXT NOT NULL,
    key_hash        BLOB NOT NULL UNIQUE,
    message_id_hash BLOB UNIQUE,
    to_hash         BLOB NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('ready', 'held', 'sent', 'failed')),
    priority        INTEGER NOT NULL,
    braked          INTEGER NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_at         INTEGER NOT NULL,
    claimed_by      TEXT NOT NULL DEFAULT '',
    claimed_until   INTEGER NOT NULL DEFAULT 0,
    code            INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL,
    sent_at         INTEGER,
    failed_at       INTEGER,
    key_id          INTEGER NOT NULL,
    sealed          BLOB NOT NULL
) STRICT;
CREATE INDEX letters_ready ON letters (priority, next_at, id) WHERE state = 'ready';
CREATE INDEX letters_to ON letters (to_hash, created_at);
CREATE INDEX letters_ticket ON letters (ticket_id);
CREATE INDEX letters_sent ON letters (sent_at) WHERE braked;

CREATE TABLE letter_contents (
    letter_id INTEGER PRIMARY KEY REFERENCES letters (id) ON DELETE CASCADE,
    sealed    BLOB NOT NULL
) STRICT;
