package main

import (
	"context"
	"errors"
	"io"
	"os"
	"reflect"
	"runtime"
	"time"

	"privacybot/config"
)

type supportCmd struct {
	configFlag
	Out string `help:"Where to write it; standard output when not given." type:"path" placeholder:"FILE"`
}

// Run writes what helps somebody else to help: version, settings without secrets, names and addresses,
// counts, health. It is safe to hand out: what is free text is only said to be set.
func (k supportCmd) Run(ctx context.Context, c console) (err error) {
	o, err := loadOffice(c, k.Config)
	if err != nil {
		return err
	}
	bundle := map[string]any{"program": map[string]any{"version": version, "go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH},
		"made_at": time.Now().UTC().Format(time.RFC3339), "settings": redacted(reflect.ValueOf(*o.config), "")}
	if p, s, done, err := o.open(ctx, c, false); err != nil {
		bundle["database"] = "cannot be opened; privacybot check says why" // its error may name a host
	} else {
		defer done()
		schema, schemaErr := s.Schema(ctx)
		h, healthErr := p.Health(ctx)
		if err := errors.Join(schemaErr, healthErr); err != nil {
			bundle["database"] = "cannot be read"
		} else {
			form := healthForm(p, h, time.UTC)
			polled := []string{} // times only: a folder may be named after a person
			for _, at := range form.Polled {
				polled = append(polled, at)
			}
			form.Polled = nil
			form.Problems = nil
			words := p.Ready(h)
			alarms := []string{}
			for _, a := range h.Alarms {
				alarms = append(alarms, a.What)
			}
			bundle["database"], bundle["health"], bundle["polled"], bundle["alarms"] = map[string]any{"schema": schema}, form, polled, alarms
			bundle["reasons_not_ready"] = len(words)
			servers := map[string]string{}
			for server, since := range h.Servers {
				servers[server] = since.UTC().Format(time.RFC3339)
			}
			bundle["servers_refuse_since"] = servers
		}
	}
	var w io.Writer = c.out
	if k.Out != "" {
		f, err := os.OpenFile(k.Out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		w = f
	}
	return plainJSON(w).Encode(bundle)
}

// redacted shows switches, numbers, times and words from closed lists; of all else only whether it is set.
func redacted(v reflect.Value, tag reflect.StructTag) any {
	switch x := v.Interface().(type) {
	case time.Duration:
		return x.String()
	case *time.Location:
		return x.String()
	case config.Server:
		return map[string]any{"scheme": x.Scheme, "port": x.Port}
	case config.Database:
		return x.Driver
	case config.Clock, config.Size, bool, int, []time.Weekday:
		return x
	}
	switch v.Kind() {
	case reflect.Struct:
		if v.NumField() == 0 || !v.Type().Field(0).IsExported() {
			return set(!v.IsZero())
		}
		out := map[string]any{}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if name := f.Tag.Get("yaml"); name != "" {
				out[name] = redacted(v.Field(i), f.Tag)
			}
		}
		return out
	case reflect.Slice:
		return v.Len()
	case reflect.String:
		if tag.Get("enum") != "" {
			return v.String()
		}
	}
	return set(!v.IsZero())
}

func set(is bool) string {
	if is {
		return "set"
	}
	return "not set"
}
