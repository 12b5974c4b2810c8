package nn

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"hillock/internal/simd"
)

// TestPyTorchsValuesAtEveryLevel runs the comparisons with PyTorch again in
// processes of their own, in which the environment lowers the vector
// instructions to each level that the machine has.
func TestPyTorchsValuesAtEveryLevel(t *testing.T) {
	for _, level := range simd.Levels() {
		t.Run(level.String(), func(t *testing.T) {
			command := exec.Command(os.Args[0], "-test.v", "-test.run", "^Test.*EqualPyTorch$")
			command.Env = append(os.Environ(), simd.Variable+"="+level.String())
			out, err := command.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, name := range []string{"TestLayersEqualPyTorch", "TestLossesEqualPyTorch"} {
				if !strings.Contains(string(out), "--- PASS: "+name) {
					t.Errorf("%s did not pass:\n%s", name, out)
				}
			}
		})
	}
}
