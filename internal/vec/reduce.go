package vec

// lanesSum adds up what a reduction left in the lanes.
func (k *Kernels) lanesSum() float64 {
	sum := 0.0
	for _, x := range k.partial[:k.lanes] {
		sum += float64(x)
	}
	return sum
}

// groups is the number of groups of four vectors in n elements.
func (k *Kernels) groups(n int) int { return k.whole(n) / 4 }

// Sum is the sum of a.
func (k *Kernels) Sum(a []float32) float64 {
	n, sum := k.groups(len(a)), 0.0
	if n > 0 {
		k.sum(&k.partial[0], &a[0], n)
		sum = k.lanesSum()
	}
	for _, x := range a[4*n*k.lanes:] {
		sum += float64(x)
	}
	return sum
}

// Dot is the sum of the products of a and b.
func (k *Kernels) Dot(a, b []float32) float64 {
	n, sum := k.groups(len(a)), 0.0
	if n > 0 {
		_ = b[len(a)-1]
		k.dot(&k.partial[0], &a[0], &b[0], n)
		sum = k.lanesSum()
	}
	for i := 4 * n * k.lanes; i < len(a); i++ {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// Squares is the sum of (a − q)².
func (k *Kernels) Squares(a []float32, q float32) float64 {
	n, sum := k.groups(len(a)), 0.0
	if n > 0 {
		k.squares(&k.partial[0], &a[0], n, q)
		sum = k.lanesSum()
	}
	for _, x := range a[4*n*k.lanes:] {
		d := float64(x) - float64(q)
		sum += d * d
	}
	return sum
}
