package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goodConnection = `{"shell_port":1,"iopub_port":2,"stdin_port":3,"control_port":4,"hb_port":5,
	"ip":"127.0.0.1","key":"k","transport":"tcp","signature_scheme":"hmac-sha256","kernel_name":"go"}`

func TestConnectionFileErrorsNameWhatIsWrong(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"not JSON":       {"nonsense", []string{"JSON"}},
		"a list":         {"[]", []string{"JSON"}},
		"empty":          {"{}", []string{"ip is missing", "shell_port is 0", "hb_port is 0", "1 to 65535"}},
		"text as a port": {strings.Replace(goodConnection, `"shell_port":1`, `"shell_port":"1"`, 1), []string{"shell_port"}},
		"port too large": {strings.Replace(goodConnection, `"hb_port":5`, `"hb_port":70000`, 1), []string{"hb_port is 70000"}},
		"port twice":     {strings.Replace(goodConnection, `"hb_port":5`, `"hb_port":3`, 1), []string{"stdin_port and hb_port are both 3"}},
		"transport":      {strings.Replace(goodConnection, "tcp", "udp", 1), []string{`transport is "udp"`, "tcp or ipc"}},
		"scheme":         {strings.Replace(goodConnection, "hmac-sha256", "md5", 1), []string{`"md5"`, "hmac-sha256"}},
		"encryption":     {strings.Replace(goodConnection, `"key"`, `"curve_publickey":"x","key"`, 1), []string{"curve_publickey"}},
	} {
		file := filepath.Join(t.TempDir(), "kernel.json")
		if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ReadConnectionFile(file)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, want := range append(test.want, file) {
			if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: error %q does not say %q in one line", name, err, want)
			}
		}
	}
	if _, err := ReadConnectionFile(filepath.Join(t.TempDir(), "none.json")); err == nil || !strings.Contains(err.Error(), "none.json") {
		t.Errorf("missing file: error is %v", err)
	}
}

func TestConnectionEndpoints(t *testing.T) {
	c, err := ParseConnection([]byte(goodConnection))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.endpoint(c.ShellPort); got != "tcp://127.0.0.1:1" {
		t.Errorf("endpoint is %s", got)
	}
	c.IP = "::1"
	if got := c.endpoint(c.ShellPort); got != "tcp://[::1]:1" {
		t.Errorf("endpoint is %s", got)
	}
	c.Transport, c.IP = "ipc", "/run/kernel"
	if got := c.endpoint(c.ShellPort); got != "ipc:///run/kernel-1" {
		t.Errorf("endpoint is %s", got)
	}
}

func FuzzParseConnection(f *testing.F) {
	f.Add([]byte(goodConnection))
	f.Add([]byte(`{"ip":7}`))
	f.Add([]byte(`{"transport":"ipc","ip":"x","shell_port":1e3}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseConnection(data)
		if err != nil {
			return
		}
		for _, p := range c.ports() {
			if p.number < 1 || p.number > 65535 || !strings.HasPrefix(c.endpoint(p.number), c.Transport+"://") {
				t.Errorf("%s is %d at %s", p.name, p.number, c.endpoint(p.number))
			}
		}
	})
}
