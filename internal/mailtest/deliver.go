package mailtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Delivery is one mail as a delivering server hands it over.
type Delivery struct {
	Raw []byte
	At  time.Time // becomes the INTERNALDATE, in whole seconds
}

// Deliver puts one mail into a folder with at as its INTERNALDATE, as a server that stores
// incoming mail would, and gives its UID.
func (s *IMAPServer) Deliver(folder string, raw []byte, at time.Time) (uid uint32) {
	s.t.Helper()
	cmd := s.session().Append(folder, int64(len(raw)), &imap.AppendOptions{Time: at})
	_, err := cmd.Write(raw)
	if err == nil {
		err = cmd.Close()
	}
	data, waitErr := cmd.Wait()
	if err == nil {
		err = waitErr
	}
	if err != nil {
		s.forget()
		s.t.Fatalf("mailtest: deliver to %s: %v", folder, err)
	}
	return uint32(data.UID)
}

// DeliverMany puts mails into a folder in their order and gives their UIDs. It writes Maildir
// files, which is many times faster than [IMAPServer.Deliver]; nothing else may deliver to the
// folder meanwhile.
func (s *IMAPServer) DeliverMany(folder string, mails []Delivery) []uint32 {
	s.t.Helper()
	before := s.status(folder)
	base := time.Now().Unix()
	for i, mail := range mails {
		// Dovecot gives UIDs in the order of the seconds and microseconds in the names.
		n := s.delivered
		s.delivered++
		name := fmt.Sprintf("%d.M%06dP%d.mailtest,S=%d", base+int64(n/1_000_000), n%1_000_000, os.Getpid(), len(mail.Raw))
		if err := s.write(filepath.Join(s.maildir(folder), "tmp", name), filepath.Join(s.maildir(folder), "new", name), mail); err != nil {
			s.t.Fatalf("mailtest: deliver mail %d to %s: %v", i, folder, err)
		}
	}
	after := s.status(folder)
	if got := int(after.UIDNext - before.UIDNext); got != len(mails) {
		s.t.Fatalf("mailtest: delivered %d mails to %s, dovecot counts %d", len(mails), folder, got)
	}
	uids := make([]uint32, len(mails))
	for i := range uids {
		uids[i] = uint32(before.UIDNext) + uint32(i)
	}
	return uids
}

// write stores one Maildir file: complete and with its date before it is visible.
func (s *IMAPServer) write(tmp, final string, mail Delivery) error {
	if err := os.WriteFile(tmp, mail.Raw, 0o600); err != nil {
		return err
	}
	if err := s.mail.own(tmp); err != nil {
		return err
	}
	if err := os.Chtimes(tmp, mail.At, mail.At); err != nil { // Maildir: INTERNALDATE is the file's mtime
		return err
	}
	return os.Rename(tmp, final)
}

// CreateFolder makes an empty folder.
func (s *IMAPServer) CreateFolder(name string) {
	s.t.Helper()
	s.must("create "+name, s.session().Create(name, nil).Wait())
}

// DeleteFolder removes a folder with all its mail.
func (s *IMAPServer) DeleteFolder(name string) {
	s.t.Helper()
	s.must("delete "+name, s.session().Delete(name).Wait())
}

// UIDs gives the UIDs in a folder, ascending.
func (s *IMAPServer) UIDs(folder string) []uint32 {
	s.t.Helper()
	s.open(folder)
	data, err := s.session().UIDSearch(&imap.SearchCriteria{}, nil).Wait()
	s.must("search "+folder, err)
	var uids []uint32
	for _, uid := range data.AllUIDs() {
		uids = append(uids, uint32(uid))
	}
	s.leave()
	return uids
}

// Flags gives the flags of one mail, without \Recent.
func (s *IMAPServer) Flags(folder string, uid uint32) []string {
	s.t.Helper()
	s.open(folder)
	mails, err := s.session().Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{Flags: true}).Collect()
	s.must("fetch flags", err)
	s.leave()
	var flags []string
	for _, mail := range mails {
		for _, flag := range mail.Flags {
			if !strings.EqualFold(string(flag), `\Recent`) {
				flags = append(flags, string(flag))
			}
		}
	}
	return flags
}

// AddFlag sets a flag on a mail, such as \Seen.
func (s *IMAPServer) AddFlag(folder string, uid uint32, flag string) {
	s.t.Helper()
	s.open(folder)
	s.must("store", s.session().Store(imap.UIDSetNum(imap.UID(uid)), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.Flag(flag)}}, nil).Close())
	s.leave()
}

// MoveMail moves a mail to another folder and gives its UID there.
func (s *IMAPServer) MoveMail(from, to string, uid uint32) uint32 {
	s.t.Helper()
	s.open(from)
	data, err := s.session().Move(imap.UIDSetNum(imap.UID(uid)), to).Wait()
	s.must("move", err)
	s.leave()
	set, _ := data.DestUIDs.(imap.UIDSet)
	if uids, ok := set.Nums(); ok && len(uids) == 1 {
		return uint32(uids[0])
	}
	s.t.Fatalf("mailtest: move %d from %s to %s: no such mail", uid, from, to)
	return 0
}

// Expunge removes one mail for good.
func (s *IMAPServer) Expunge(folder string, uid uint32) {
	s.t.Helper()
	s.AddFlag(folder, uid, string(imap.FlagDeleted))
	s.open(folder)
	s.must("expunge", s.session().UIDExpunge(imap.UIDSetNum(imap.UID(uid))).Close())
	s.leave()
}

// UIDValidity gives the folder's UIDVALIDITY.
func (s *IMAPServer) UIDValidity(folder string) uint32 {
	s.t.Helper()
	return s.status(folder).UIDValidity
}

// ResetUIDValidity does what a server does that lost its index: the folder gets a new
// UIDVALIDITY and its mails new UIDs from 1, in the old order. Open sessions end. It gives the
// new UIDVALIDITY.
func (s *IMAPServer) ResetUIDValidity(folder string) uint32 {
	s.t.Helper()
	old := s.status(folder).UIDValidity
	s.mu.Lock()
	s.stop(stopGroup)
	s.mu.Unlock()
	for _, pattern := range []string{"dovecot-uidlist*", "dovecot.index*"} {
		files, _ := filepath.Glob(filepath.Join(s.maildir(folder), pattern))
		for _, file := range files {
			os.Remove(file)
		}
	}
	header := fmt.Sprintf("3 V%d N1 G%032x\n", old+1, old+1)
	list := filepath.Join(s.maildir(folder), "dovecot-uidlist")
	err := os.WriteFile(list, []byte(header), 0o600)
	if err == nil {
		err = s.mail.own(list)
	}
	s.must("reset UIDVALIDITY", err)
	s.Restart()
	if now := s.status(folder).UIDValidity; now != old+1 {
		s.t.Fatalf("mailtest: UIDVALIDITY of %s is %d, want %d", folder, now, old+1)
	}
	return old + 1
}

// Backup copies all mail as it lies on the server now, with its UIDs. What it gives puts that back, as a
// restored backup does.
func (s *IMAPServer) Backup() (restore func()) {
	s.t.Helper()
	copied := filepath.Join(s.t.TempDir(), "mail")
	still := func(from, to string) {
		s.mu.Lock()
		s.stop(stopGroup)
		s.mu.Unlock()
		s.must("copy the mail", exec.Command("cp", "-a", from, to).Run())
		s.Restart()
	}
	still(s.path("mail"), copied)
	return func() {
		s.mu.Lock()
		s.stop(stopGroup)
		s.mu.Unlock()
		s.must("remove the mail", os.RemoveAll(s.path("mail")))
		still(copied, s.path("mail"))
	}
}

// maildir is the directory of a folder in Maildir++ layout.
func (s *IMAPServer) maildir(folder string) string {
	if strings.EqualFold(folder, "INBOX") {
		return s.path("mail")
	}
	return s.path("mail/." + strings.ReplaceAll(folder, "/", "."))
}

func (s *IMAPServer) status(folder string) *imap.StatusData {
	s.t.Helper()
	data, err := s.session().Status(folder, &imap.StatusOptions{UIDNext: true, UIDValidity: true, NumMessages: true}).Wait()
	s.must("status "+folder, err)
	return data
}

func (s *IMAPServer) open(folder string) {
	s.t.Helper()
	_, err := s.session().Select(folder, nil).Wait()
	s.must("select "+folder, err)
}

// leave closes the selected folder, so that our session sees every later change.
func (s *IMAPServer) leave() {
	s.t.Helper()
	s.must("unselect", s.session().Unselect().Wait())
}

// must fails the test on err and forgets the connection, whose state is unknown then.
func (s *IMAPServer) must(what string, err error) {
	s.t.Helper()
	if err != nil {
		s.forget()
		s.t.Fatalf("mailtest: %s: %v", what, err)
	}
}

// session gives the signed-in connection over which the test itself acts on the server.
func (s *IMAPServer) session() *imapclient.Client {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client != nil {
		select {
		case <-s.client.Closed():
			s.client = nil
		default:
			return s.client
		}
	}
	client, err := imapclient.DialInsecure(s.Addr, nil)
	if err != nil {
		s.t.Fatalf("mailtest: connect to dovecot: %v", err)
	}
	if err := client.Login(s.Username, s.Password).Wait(); err != nil {
		client.Close()
		s.t.Fatalf("mailtest: sign in to dovecot: %v", err)
	}
	s.client = client
	return client
}

// forget closes the test's own connection.
func (s *IMAPServer) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client != nil {
		s.client.Close()
		s.client = nil
	}
}
