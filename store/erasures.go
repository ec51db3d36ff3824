package store

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// The erasure list is a file outside the database, to which every erasure is added before it is
// committed: after a backup was restored, what was erased since is erased again from it. Attachments
// that were taken out of a mail are not on it: the next purge finds them due again. Its lines hold a time, a kind, and a keyed hash or a ticket's reference: no personal data.

// erasure names something whose content is gone for good.
type erasure struct {
	kind string // one of the audit kinds of erasures
	id   string // ticket reference, or the hex of a mail's content hash or a letter's key hash
}

var erasureKinds = map[string]bool{auditMail: true, auditPersonal: true, auditRecord: true, auditLetter: true}

// appendErasures writes lines and returns when they are on the disk. A line that is there twice,
// because its transaction was repeated, does no harm.
func appendErasures(path string, list []erasure, at time.Time) error {
	if path == "" || len(list) == 0 {
		return nil
	}
	var b strings.Builder
	for _, e := range list {
		fmt.Fprintf(&b, "%s %s %s\n", at.UTC().Format(time.RFC3339), e.kind, e.id)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("erasure list: %w", err)
	}
	_, err = f.WriteString(b.String())
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("erasure list: %w", err)
	}
	return nil
}

// readErasures reads a list; a missing file is an empty one. A last line that was cut off by a
// crash is left out: its transaction was not committed.
func readErasures(path string) ([]erasure, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("erasure list: %w", err)
	}
	defer f.Close()
	var list []erasure
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		part := strings.Fields(lines.Text())
		if len(part) != 3 || !erasureKinds[part[1]] {
			if !lines.Scan() { // the last line
				break
			}
			return nil, fmt.Errorf("erasure list %s: line %d cannot be read", path, n)
		}
		list = append(list, erasure{part[1], part[2]})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("erasure list: %w", err)
	}
	return list, nil
}

// applyErasures erases what the list names and is still there, and counts it.
func (tx *Tx) applyErasures(list []erasure) (int, error) {
	n := 0
	for _, e := range list {
		did, err := tx.applyErasure(e)
		if err != nil {
			return n, fmt.Errorf("erase again: %w", err)
		}
		if did {
			n++
		}
	}
	return n, nil
}

func (tx *Tx) applyErasure(e erasure) (bool, error) {
	var ids []int64
	switch e.kind {
	case auditPersonal:
		return tx.shredTicket(e.id)
	case auditRecord:
		return tx.dropTicket(e.id)
	}
	hash, err := hex.DecodeString(e.id)
	if err != nil {
		return false, fmt.Errorf("%s is no hash: %w", e.kind, err)
	}
	query := "SELECT id FROM mails WHERE content_hash = ?"
	if e.kind == auditLetter {
		query = "SELECT id FROM letters WHERE key_hash = ?"
	}
	if err := tx.db.Raw(query, hash).Scan(&ids).Error; err != nil || len(ids) == 0 {
		return false, err
	}
	if e.kind == auditLetter {
		return tx.shredLetter(ids[0])
	}
	return tx.shredMail(ids[0])
}
