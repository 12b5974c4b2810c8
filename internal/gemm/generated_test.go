package gemm

import (
	"testing"

	"hillock/internal/fresh"
)

func TestGeneratedTilesAreFresh(t *testing.T) {
	fresh.Assembly(t, "tile_amd64", "gemm")
	fresh.Assembly(t, "tile_arm64", "gemm")
}
