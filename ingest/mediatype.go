package ingest

import (
	"mime"
	"net/url"
	"sort"
	"strconv"
	"strings"
)

// parseMedia reads a Content-Type or Content-Disposition value. Where Go's strict parser refuses,
// a lenient one takes what there is: missing quotes, missing semicolons, doubled fields.
func parseMedia(value string) (kind string, params map[string]string) {
	value = unfold(value)
	if value == "" {
		return "", nil
	}
	kind, params, err := mime.ParseMediaType(value)
	if err == nil && (!strings.Contains(value, "*") || params["name"] != "" || params["filename"] != "") {
		return kind, params
	}
	return lenientMedia(value) // also for RFC 2231 values in charsets that Go does not know
}

func lenientMedia(value string) (kind string, params map[string]string) {
	i := strings.IndexAny(value, "; \t,")
	if i < 0 {
		i = len(value)
	}
	kind = strings.ToLower(strings.Trim(value[:i], "\"' "))
	params = map[string]string{}
	for rest := value[i:]; rest != ""; {
		eq := strings.IndexByte(rest, '=')
		if eq < 0 {
			break
		}
		name := strings.ToLower(strings.Trim(rest[:eq], " \t;,\"'"))
		if j := strings.LastIndexAny(name, "; \t,"); j >= 0 {
			name = name[j+1:]
		}
		var v string
		v, rest = lenientValue(rest[eq+1:])
		if _, seen := params[name]; !seen && name != "" && len(params) < 100 {
			params[name] = v
		}
	}
	return kind, mergeContinued(params)
}

func lenientValue(s string) (v, rest string) {
	s = strings.TrimLeft(s, " \t")
	if strings.HasPrefix(s, `"`) {
		var b strings.Builder
		for i := 1; i < len(s); i++ {
			switch {
			case s[i] == '\\' && i+1 < len(s):
				i++
				b.WriteByte(s[i])
			case s[i] == '"':
				return b.String(), s[i+1:]
			default:
				b.WriteByte(s[i])
			}
		}
		return b.String(), ""
	}
	end := strings.IndexByte(s, ';')
	if end < 0 {
		end = len(s)
	}
	v = strings.TrimSpace(s[:end])
	// A space ends an unquoted value, except in file names, where the quotes were forgotten.
	if i := strings.IndexAny(v, " \t"); i > 0 && strings.Contains(v[i:], "=") {
		return v[:i], s[i:]
	}
	return strings.Trim(v, "'"), s[end:]
}

// mergeContinued joins RFC 2231 continuations (name*0*, name*1 …).
func mergeContinued(params map[string]string) map[string]string {
	var keys []string
	for k := range params {
		if strings.Contains(k, "*") {
			keys = append(keys, k)
		}
	}
	sort.Slice(keys, func(i, j int) bool { return continuation(keys[i]) < continuation(keys[j]) })
	for _, k := range keys {
		base, _, _ := strings.Cut(k, "*")
		v := params[k]
		if strings.HasSuffix(k, "*") {
			if u, err := url.PathUnescape(v); err == nil {
				v = u
			}
			if parts := strings.SplitN(v, "'", 3); len(parts) == 3 && continuation(k) == 0 {
				v = decodeCharset([]byte(parts[2]), parts[0], &damage{})
			}
		}
		params[base] += v
		delete(params, k)
	}
	return params
}

func continuation(key string) int {
	_, n, _ := strings.Cut(key, "*")
	i, _ := strconv.Atoi(strings.TrimSuffix(n, "*"))
	return i
}
