package nn

import "math/rand/v2"

// NewFCNN makes a fully connected embedding with ReLU between its layers; without
// sizes it has the thesis's 800, 400, 300, 100 and 30 (section 3.3).
func NewFCNN(in int, rng *rand.Rand, sizes ...int) *Sequential {
	if len(sizes) == 0 {
		sizes = []int{800, 400, 300, 100, 30}
	}
	var layers []Module
	for i, size := range sizes {
		layers = append(layers, NewLinear(in, size, rng))
		if i+1 < len(sizes) {
			layers = append(layers, ReLU())
		}
		in = size
	}
	return NewSequential(layers...)
}
