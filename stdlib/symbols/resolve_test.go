package symbols

import "testing"

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		name    string
		members []string
		path    string
	}{
		{"strings", nil, "strings"},
		{"rand", nil, "math/rand/v2"},
		{"rand", []string{"N"}, "math/rand/v2"},
		{"rand", []string{"Reader"}, "crypto/rand"},
		{"rand", []string{"Seed"}, "math/rand"},
		{"draw", []string{"Over"}, "image/draw"},
		{"plot", []string{"New"}, "gonum.org/v1/plot"},
		{"adex", []string{"Params"}, "hillock/stdlib/adex"},
		{"strings", []string{"NoSuch"}, "strings"},
		{"x", nil, ""},
	} {
		if path, ok := Resolve(c.name, c.members...); path != c.path || ok != (c.path != "") {
			t.Errorf("%s with %v is %q, %v; want %q", c.name, c.members, path, ok, c.path)
		}
	}
}
