-- +goose Up
-- What is called sealed is encrypted with a data key; what is called *_hash is a keyed hash.
-- Everything else stands in clear and holds no personal data. Times: microseconds UTC.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- One per mail, per ticket and per letter without a ticket, wrapped by the operator's key.
-- Deleting a row erases what it sealed; rows that point to it stay. An id is never used twice.
CREATE TABLE data_keys (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    wrapped BYTEA NOT NULL
);

-- Work that only one process may do. The token grows with every holder.
CREATE TABLE leases (
    name       TEXT PRIMARY KEY,
    holder     TEXT NOT NULL,
    token      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE cursors (
    account     TEXT NOT NULL,
    folder      TEXT NOT NULL,
    uidvalidity BIGINT NOT NULL,
    last_uid    BIGINT NOT NULL,
    polled_at   BIGINT,
    PRIMARY KEY (account, folder)
);

-- One row per content.
CREATE TABLE mails (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    content_hash    BYTEA NOT NULL UNIQUE,
    message_id_hash BYTEA,
    copy_hash       BYTEA,
    key_id          BIGINT NOT NULL,
    size            BIGINT NOT NULL,
    received_at     BIGINT NOT NULL,
    junk            BOOLEAN NOT NULL DEFAULT FALSE,
    partial         BOOLEAN NOT NULL DEFAULT FALSE,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'done', 'quarantine')),
    disposition     TEXT NOT NULL,
    sealed_reason   BYTEA,
    ticket          TEXT NOT NULL DEFAULT '',
    attempts        BIGINT NOT NULL DEFAULT 0,
    suspect         BOOLEAN NOT NULL DEFAULT FALSE,
    claimed_by      TEXT NOT NULL DEFAULT '',
    claimed_until   BIGINT NOT NULL DEFAULT 0,
    saved_at        BIGINT NOT NULL,
    decided_at      BIGINT
);
CREATE INDEX mails_pending ON mails (received_at, id) WHERE state = 'pending';
CREATE INDEX mails_message_id ON mails (message_id_hash);
CREATE INDEX mails_decided ON mails (decided_at, disposition);
CREATE INDEX mails_ticket ON mails (ticket) WHERE ticket <> '';

-- Apart from mails, so that a claim does not rewrite the content.
CREATE TABLE mail_contents (
    mail_id BIGINT PRIMARY KEY REFERENCES mails (id) ON DELETE CASCADE,
    sealed  BYTEA NOT NULL
);

-- The ledger: every place where a mail was seen. No mail_id: seen before the start, not kept.
CREATE TABLE locations (
    account     TEXT NOT NULL,
    folder      TEXT NOT NULL,
    uidvalidity BIGINT NOT NULL,
    uid         BIGINT NOT NULL,
    mail_id     BIGINT REFERENCES mails (id),
    received_at BIGINT NOT NULL,
    duplicate   BOOLEAN NOT NULL DEFAULT FALSE,
    saved_at    BIGINT NOT NULL,
    PRIMARY KEY (account, folder, uidvalidity, uid)
);
CREATE INDEX locations_mail ON locations (mail_id);

-- sealed is the whole ticket; the columns beside it are what must be searched and counted.
CREATE TABLE tickets (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ref           TEXT NOT NULL UNIQUE,
    version       BIGINT NOT NULL,
    state         TEXT NOT NULL,
    urgent        BOOLEAN NOT NULL,
    needs_human   BOOLEAN NOT NULL,
    undeliverable BOOLEAN NOT NULL,
    child_open    BOOLEAN NOT NULL,
    received_at   BIGINT NOT NULL,
    opened_at     BIGINT NOT NULL,
    closed_at     BIGINT,
    due_at        BIGINT,
    target_at     BIGINT,
    next_at       BIGINT,
    key_id        BIGINT NOT NULL,
    sealed        BYTEA NOT NULL
);
CREATE INDEX tickets_next ON tickets (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX tickets_open ON tickets (due_at) WHERE state <> 'closed';

-- An index of the requests within the sealed tickets.
CREATE TABLE requests (
    ticket_id   BIGINT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    position    BIGINT NOT NULL,
    "right"     TEXT NOT NULL,
    state       TEXT NOT NULL,
    law         TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    due_at      BIGINT,
    target_at   BIGINT,
    closed_at   BIGINT,
    PRIMARY KEY (ticket_id, position)
);

CREATE TABLE parties (
    ticket_id    BIGINT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    position     BIGINT NOT NULL,
    role         TEXT NOT NULL,
    address_hash BYTEA NOT NULL,
    PRIMARY KEY (ticket_id, position)
);
CREATE INDEX parties_address ON parties (address_hash);

CREATE TABLE events (
    ticket_id   BIGINT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    seq         BIGINT NOT NULL,
    happened_at BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    sealed      BYTEA NOT NULL,
    PRIMARY KEY (ticket_id, seq)
);

-- The outbox, and the record of what was sent.
CREATE TABLE letters (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id       BIGINT REFERENCES tickets (id),
    kind            TEXT NOT NULL,
    key_hash        BYTEA NOT NULL UNIQUE,
    message_id_hash BYTEA UNIQUE,
    to_hash         BYTEA NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('ready', 'held', 'sent', 'failed')),
    priority        BIGINT NOT NULL,
    braked          BOOLEAN NOT NULL,
    attempts        BIGINT NOT NULL DEFAULT 0,
    next_at         BIGINT NOT NULL,
    claimed_by      TEXT NOT NULL DEFAULT '',
    claimed_until   BIGINT NOT NULL DEFAULT 0,
    code            BIGINT NOT NULL DEFAULT 0,
    created_at      BIGINT NOT NULL,
    sent_at         BIGINT,
    failed_at       BIGINT,
    key_id          BIGINT NOT NULL,
    sealed          BYTEA NOT NULL
);
CREATE INDEX letters_ready ON letters (priority, next_at, id) WHERE state = 'ready';
CREATE INDEX letters_to ON letters (to_hash, created_at);
CREATE INDEX letters_ticket ON letters (ticket_id);
CREATE INDEX letters_sent ON letters (sent_at) WHERE braked;

CREATE TABLE letter_contents (
    letter_id BIGINT PRIMARY KEY REFERENCES letters (id) ON DELETE CASCADE,
    sealed    BYTEA NOT NULL
);

-- Sealed bytes do not compress; do not try.
ALTER TABLE mail_contents ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE letter_contents ALTER COLUMN sealed SET STORAGE EXTERNAL;
