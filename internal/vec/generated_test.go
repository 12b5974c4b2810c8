package vec

import (
	"testing"

	"hillock/internal/fresh"
)

func TestGeneratedKernelsAreFresh(t *testing.T) {
	fresh.Assembly(t, "kernels_amd64", "vec")
	fresh.Assembly(t, "kernels_arm64", "vec")
}
