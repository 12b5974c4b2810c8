package worker

import (
	"fmt"
	"strings"
	"testing"

	"hillock/kernel/interp"
)

func TestInterruptedCellSaysWhatIsDone(t *testing.T) {
	f := failure(fmt.Errorf("%w: sbi: 120 of 300 simulations are kept", interp.ErrInterrupted))
	if want := "the cell was stopped; what it had done until then is kept\nsbi: 120 of 300 simulations are kept"; f.Value != want {
		t.Errorf("%q, want %q", f.Value, want)
	}
	if f := failure(interp.ErrInterrupted); strings.Contains(f.Value, "\n") {
		t.Errorf("%q says more than there is to say", f.Value)
	}
}
