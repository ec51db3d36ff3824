package config

import "reflect"

// keyNames lists every key, "organisation.name" to "log.format", in the order of [Config]; keys of
// list entries have [] behind the list, "staff[].roles". File variants follow their key.
func keyNames() []string { return namesOf(reflect.TypeFor[Config](), "") }

func namesOf(t reflect.Type, prefix string) []string {
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		key, k := join(prefix, f.Tag.Get("yaml")), kinds()
		switch _, scalar := k[f.Type]; {
		case scalar:
			names = append(names, key)
			if k[f.Type].file {
				names = append(names, key+"_file")
			}
		case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
			names = append(names, namesOf(f.Type.Elem(), key+"[]")...)
		case f.Type.Kind() == reflect.Slice:
			names = append(names, key)
		default:
			names = append(names, namesOf(f.Type, key)...)
		}
	}
	return names
}
