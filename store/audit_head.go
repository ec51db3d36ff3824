package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// KeepAuditHead writes h to a file outside the database, in place of an earlier head. A head that
// is further on than h is left there and is an error: the chain has lost its end.
func KeepAuditHead(path string, h AuditHead) error {
	kept, err := ReadAuditHead(path)
	switch {
	case err != nil:
		return err
	case kept.Seq > h.Seq || kept.Seq == h.Seq && kept.Hash != h.Hash:
		return fmt.Errorf("audit: the file %s knows entry %d, the database ends at another, %d: run `privacybot audit verify`", path, kept.Seq, h.Seq)
	case kept == h || h.Seq == 0:
		return nil
	}
	return writeAuditHead(path, h)
}

func writeAuditHead(path string, h AuditHead) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".privacybot-audit-*") // mode 0600
	if err != nil {
		return fmt.Errorf("audit head: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = fmt.Fprintf(tmp, "%d %s\n", h.Seq, h.Hash)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("audit head: %w", err)
	}
	return nil
}

// ReadAuditHead reads what [KeepAuditHead] wrote; a missing file is the zero head.
func ReadAuditHead(path string) (AuditHead, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return AuditHead{}, nil
	}
	if err != nil {
		return AuditHead{}, fmt.Errorf("audit head: %w", err)
	}
	part := strings.Fields(string(data))
	if len(part) == 2 {
		if seq, err := strconv.ParseInt(part[0], 10, 64); err == nil && seq > 0 {
			return AuditHead{seq, part[1]}, nil
		}
	}
	return AuditHead{}, fmt.Errorf("audit head: %s cannot be read", path)
}
