package pipeline_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"privacybot/store"
	"privacybot/ticket"
)

// marks are words that stand nowhere but in personal data: a name, an address, a subject, texts of
// several hands, an attachment's name and content.
var marks = []string{"Quillfeather", "marmaduke.oxo", "Subjectivon", "Bodywordling", "Staffwordling", "Notewordling", "Reasonwordle", "Passportine", "Scancontentus"}

// forms are the ways in which a word may hide in bytes.
func forms(word string) map[string][]byte {
	out := map[string][]byte{}
	for name, w := range map[string]string{"": word, "lower case ": strings.ToLower(word), "upper case ": strings.ToUpper(word)} {
		out[name+"plain"] = []byte(w)
		out[name+"hex"] = []byte(hex.EncodeToString([]byte(w)))
		out[name+"upper hex"] = []byte(strings.ToUpper(hex.EncodeToString([]byte(w))))
		var le, be []byte
		for _, u := range utf16.Encode([]rune(w)) {
			le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
		}
		out[name+"utf-16le"], out[name+"utf-16be"] = le, be
		for shift := range 3 { // base64 of the word at any offset; the edges depend on what is beside it
			enc := base64.StdEncoding.EncodeToString(append(bytes.Repeat([]byte{'x'}, shift), w...))
			inner := enc[(shift*8+5)/6 : (shift+len(w))*8/6]
			out[name+"base64 at "+string(rune('0'+shift))] = []byte(inner)
		}
	}
	return out
}

// search looks for every form of every mark.
func search(t *testing.T, where string, data []byte) {
	t.Helper()
	for _, m := range marks {
		for form, b := range forms(m) {
			if bytes.Contains(data, b) {
				t.Errorf("%s holds %s as %s", where, m, form)
			}
		}
	}
}

// DESIGN 5.8, issue 7.1: after a whole office's work no address, name, subject, text or attachment is in
// the database's files, its journals, temporary files, a dump, a backup or the log.
func TestNothingInClear(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		began := time.Now().Add(-time.Second)
		o := newOffice(t, dsn)
		scratch := t.TempDir()
		t.Setenv("TMPDIR", scratch)
		workOffice(t, o)
		var backup bytes.Buffer
		if _, err := o.store.Backup(t.Context(), &backup); err != nil {
			t.Fatal(err)
		}
		search(t, "the backup", gunzip(t, backup.Bytes()))
		search(t, "the log", o.log.Bytes())
		searchFiles(t, scratch, began)
		if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
			if looked := searchFiles(t, filepath.Dir(path), began); looked < 3 {
				t.Errorf("only %d files were looked at", looked)
			}
		} else {
			searchPostgres(t, dsn, began)
		}
		// The search itself finds what it should.
		if got := string(gunzip(t, backup.Bytes())); !strings.Contains(got, "PB-") {
			t.Error("the backup holds no reference: nothing was looked at")
		}
	})
}

// workOffice does a bit of everything: request, code, answer, note, relay, closing, bulk, bounce of
// nothing, quarantine, daily mails.
func workOffice(t *testing.T, o *office) {
	t.Helper()
	const who = "marmaduke.oxo@people.example.org"
	scan := base64.StdEncoding.EncodeToString([]byte("Scancontentus of a passport"))
	o.imap.Deliver("INBOX", []byte(strings.ReplaceAll("From: Marmaduke Quillfeather <"+who+">\nTo: <"+privacy+">\nSubject: Subjectivon: my data\nMessage-ID: <marmaduke.oxo.1@people.example.org>\n"+
		"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nI am Marmaduke Quillfeather. Please send me a copy of all data you hold about me. Bodywordling.\n--x\n"+
		"Content-Type: image/png; name=Passportine.png\nContent-Disposition: attachment; filename=Passportine.png\nContent-Transfer-Encoding: base64\n\n"+scan+"\n--x--\n", "\n", "\r\n")), o.clock())
	o.receive("marmaduke.oxo@shop.example.org", "Subjectivon sale", "Bodywordling now half price.", "List-Id: <a.shop.example.org>", "Precedence: bulk")
	o.receive("marmaduke.oxo@odd.example.org", "Subjectivon thanks", "Thanks for lunch, Bodywordling.")
	o.once()
	ask := o.one(who, ticket.LetterAcknowledgement)
	o.reply(who, ask, "My code is "+code(t, ask)+" Bodywordling")
	o.once()
	ref := ""
	for _, tk := range o.tickets() {
		if tk.Requester().Address.Address == who {
			ref = tk.Ref
		}
	}
	notice := o.one(deskAt, ticket.LetterStaffNotice)
	o.reply(deskAt, notice, "#note\nNotewordling about Quillfeather", proven(deskAt))
	o.reply(deskAt, notice, "Dear Mr Quillfeather, Staffwordling is on its way.", proven(deskAt))
	o.once()
	if _, err := o.pipeline.Command(t.Context(), ref, "operator", ticket.Command{Name: ticket.CmdClose, Arg: "done"}, "Reasonwordle is attached."); err != nil {
		t.Fatal(err)
	}
	o.config.Schedule.Days = []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	o.config.Schedule.Hour = 0
	o.open()
	o.once()
	if len(o.all(deskAt, ticket.LetterSorting)) == 0 || len(o.all(who, ticket.LetterClosing)) == 0 {
		t.Fatalf("the office did not do its work:\n%s", o.listing())
	}
	if _, err := o.store.Tickets(t.Context(), store.Filter{}); err != nil {
		t.Fatal(err)
	}
}

func gunzip(t *testing.T, data []byte) []byte {
	t.Helper()
	cmd := exec.Command("gzip", "-dc")
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// searchFiles looks into the files below dir that were written since then.
func searchFiles(t *testing.T, dir string, since time.Time) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // a file that goes away is none that stays
		}
		if info, err := d.Info(); err != nil || info.ModTime().Before(since) {
			return nil
		}
		data, err := os.ReadFile(path)
		if err == nil {
			search(t, filepath.Base(path), data)
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// searchPostgres looks into a dump and into the raw files of the cluster, its log of changes included.
func searchPostgres(t *testing.T, dsn string, since time.Time) {
	t.Helper()
	programs, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if err != nil || len(programs) == 0 {
		t.Fatal("pg_dump is missing: install postgresql-client")
	}
	dump, err := exec.Command(slices.Max(programs), "--no-password", dsn).Output()
	if err != nil || !bytes.Contains(dump, []byte("mail_contents")) {
		t.Fatalf("pg_dump: %v", err)
	}
	search(t, "pg_dump", dump)
	if out, err := exec.Command(filepath.Join(filepath.Dir(slices.Max(programs)), "psql"), "--no-password", "-c", "CHECKPOINT", dsn).CombinedOutput(); err != nil {
		t.Fatalf("checkpoint: %v: %s", err, out)
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if n := searchFiles(t, filepath.Join(u.Query().Get("host"), "data"), since); n < 3 {
		t.Errorf("only %d files of the cluster were looked at", n)
	}
}

// What the search looks for is really found in every form.
func TestSearchFinds(t *testing.T) {
	for form, b := range forms("Quillfeather") {
		if len(b) < 12 {
			t.Errorf("%s is too short to mean anything: %q", form, b)
		}
	}
	for shift := range 3 {
		enc := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("-", shift) + "Quillfeather is here"))
		found := false
		for _, b := range forms("Quillfeather") {
			found = found || bytes.Contains([]byte(enc), b)
		}
		if !found {
			t.Errorf("not found at offset %d: %s", shift, enc)
		}
	}
}
