//go:build !amd64 && !arm64

package vec

import "hillock/internal/simd"

func vectorTable(simd.Level) (table, bool) { return table{}, false }
