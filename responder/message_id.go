package responder

import "strings"

// maxReferences is how many Message-IDs a References field carries: the first, which names the
// thread, and the last ones.
const maxReferences = 12

// validMessageID reports whether id, without angle brackets, may stand in a header: the msg-id of
// RFC 5322 3.6.4 without its obsolete forms. Ids come from strangers, so what is not plain is
// left out rather than repaired (CASES B14, M12).
func validMessageID(id string) bool {
	left, right, found := strings.Cut(id, "@")
	if !found || len(id) > 250 || left == "" || right == "" {
		return false
	}
	if strings.HasPrefix(right, "[") && strings.HasSuffix(right, "]") {
		right = strings.ReplaceAll(strings.TrimSuffix(right[1:], "]"), ":", ".")
	}
	return dotAtom(left) && dotAtom(right)
}

// dotAtom is lenient about dots, which common programs set freely.
func dotAtom(s string) bool {
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9',
			strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", r):
		default:
			return false
		}
	}
	return s != ""
}

// threading gives the fields that tie a letter to the mail it answers: the answered mail's own
// references, then itself (RFC 3834 3.1.6). Both are empty when its id cannot be used.
func threading(inReplyTo string, references []string) (string, []string) {
	if !validMessageID(inReplyTo) {
		return "", nil
	}
	var ids []string
	for _, id := range references {
		if validMessageID(id) && id != inReplyTo {
			ids = append(ids, id)
		}
	}
	ids = append(ids, inReplyTo)
	if n := len(ids); n > maxReferences {
		ids = append(ids[:1:1], ids[n-maxReferences+1:]...)
	}
	return inReplyTo, ids
}
