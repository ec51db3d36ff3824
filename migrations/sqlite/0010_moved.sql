-- +goose Up
-- Where a handled mail was moved to on the server. '': nowhere yet.
ALTER TABLE mails ADD COLUMN moved TEXT NOT NULL DEFAULT '';
CREATE INDEX mails_to_move ON mails (disposition, id) WHERE moved = '' AND state = 'done';
