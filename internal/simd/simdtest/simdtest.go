// Package simdtest compares what programs compute with the vector instructions of
// every level that the machine has, through their public functions.
package simdtest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"hillock/internal/simd"
)

// result names the file into which a child process writes what it computed.
const result = "HILLOCK_TEST_SIMD_RESULT"

// SameAtAllLevels runs compute in one process for each level, which simd.Variable
// forces, and fails t where a level gives other bits than plain Go. compute, which
// runs in the test that calls this, hands over what it computed.
func SameAtAllLevels(t *testing.T, compute func(give func(rows [][]float64))) {
	t.Helper()
	if file := os.Getenv(result); file != "" {
		hash := sha256.New()
		compute(func(rows [][]float64) {
			for _, row := range rows {
				if err := binary.Write(hash, binary.LittleEndian, append([]float64{float64(len(row))}, row...)); err != nil {
					t.Fatal(err)
				}
			}
		})
		text := fmt.Sprintf("%v %x", simd.Best(), hash.Sum(nil))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	hashes := map[simd.Level]string{}
	for _, level := range simd.Levels() {
		file := t.TempDir() + "/result"
		child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), result+"="+file, simd.Variable+"="+level.String())
		if out, err := child.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", level, err, out)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var ran, hash string
		if _, err := fmt.Sscan(string(text), &ran, &hash); err != nil || ran != level.String() {
			t.Fatalf("%s=%v ran at level %s (%v)", simd.Variable, level, ran, err)
		}
		hashes[level] = hash
	}
	for level, hash := range hashes {
		if hash != hashes[simd.Plain] {
			t.Errorf("%v gives other bits than plain Go", level)
		}
	}
}
