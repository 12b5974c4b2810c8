package gemm

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestGeneratedTilesAreFresh(t *testing.T) {
	dir := t.TempDir()
	out, err := exec.Command("go", "run", "./gen", "-out", filepath.Join(dir, "tile_amd64.s"), "-stubs", filepath.Join(dir, "tile_amd64.go"), "-pkg", "gemm").CombinedOutput()
	if err != nil {
		t.Fatalf("go run ./gen: %v\n%s", err, out)
	}
	for _, name := range []string{"tile_amd64.s", "tile_amd64.go"} {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if body(got) != body(want) {
			t.Errorf("%s is stale: run go generate ./internal/gemm", name)
		}
	}
}

// body is a generated file without its first line, which holds the command.
func body(text []byte) string {
	for i, c := range text {
		if c == '\n' {
			return string(text[i:])
		}
	}
	return ""
}
