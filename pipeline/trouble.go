package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"privacybot/ingest/mailbox"
	"privacybot/store"
)

// blameAfter is how often a single mail must break the connection before it is set aside: the
// network may break it as well.
const blameAfter = 3

// trouble remembers which folders lose their connection while mail is fetched. Such a folder is
// read one mail at a time until it works again, which shows the mail that does it. Losing this
// memory costs a few tries.
type trouble struct {
	mu    sync.Mutex
	alone map[string]bool   // folders read one mail at a time
	blame map[string]uint32 // the mail that broke the last connection
	times map[string]int

	dates map[string]map[uint32]int // folders listed without dates: how often asking for one broke the connection
}

// dateTries is how often asking for one date must break the connection before the mail is taken without it.
const dateTries = 2

// careful reports whether a folder is to be listed without dates.
func (t *trouble) careful(folder string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.dates[folder] != nil
}

// beCareful lists a folder without dates from now on.
func (t *trouble) beCareful(folder string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dates == nil {
		t.dates = map[string]map[uint32]int{}
	}
	t.dates[folder] = map[uint32]int{}
}

// calm ends it.
func (t *trouble) calm(folder string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.dates, folder)
}

func (t *trouble) blameDate(folder string, uid uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dates[folder] != nil {
		t.dates[folder][uid]++
	}
}

func (t *trouble) dateless(folder string, uid uint32) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.dates[folder][uid] >= dateTries
}

// atOnce is how many mails of a folder are asked for in one batch.
func (t *trouble) atOnce(folder string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.alone[folder] {
		return 1
	}
	return batchMails
}

// judge notes how a batch went and gives its error back.
func (t *trouble) judge(folder string, err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case errors.Is(err, mailbox.ErrLost):
		if t.alone == nil {
			t.alone, t.blame, t.times = map[string]bool{}, map[string]uint32{}, map[string]int{}
		}
		t.alone[folder] = true
	case err == nil && t.times[folder] == 0:
		delete(t.alone, folder)
	}
	return err
}

// toBlame reports whether the mail itself cannot be fetched: the server says so over a working
// connection, or it alone broke the connection several times.
func (t *trouble) toBlame(folder string, e *mailbox.PoisonError) bool {
	if !errors.Is(e, mailbox.ErrLost) {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.alone == nil {
		t.alone, t.blame, t.times = map[string]bool{}, map[string]uint32{}, map[string]int{}
	}
	if t.blame[folder] != e.UID {
		t.blame[folder], t.times[folder] = e.UID, 0
	}
	t.times[folder]++
	if t.times[folder] < blameAfter {
		return false
	}
	delete(t.blame, folder)
	delete(t.times, folder)
	return true
}

// placeholder stands for a mail that cannot be fetched: people find it in the mailbox by it.
func placeholder(e store.Inbound) []byte {
	return fmt.Appendf(nil, "Subject: (a mail that the server does not hand out)\r\n\r\nThe mail server lists a mail but does not hand out its text.\r\nFolder: %s\r\nUIDVALIDITY: %d\r\nUID: %d\r\nSize: %d\r\n",
		e.Folder, e.UIDValidity, e.UID, e.Size)
}

// after gives the items behind the one with this uid.
func after(items []mailbox.Item, uid uint32) []mailbox.Item {
	i := slices.IndexFunc(items, func(it mailbox.Item) bool { return it.UID == uid })
	return items[i+1:]
}
