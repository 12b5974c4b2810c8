package symbols

import "testing"

func TestEveryPackageLoads(t *testing.T) {
	for _, path := range Packages() {
		if _, ok := Lookup(path); !ok {
			t.Errorf("%s: no table", path)
		}
		if _, err := Importer().Import(path); err != nil {
			t.Error(err)
		}
	}
}
