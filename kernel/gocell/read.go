package gocell

// Read calls f while the types of earlier cells stay as they are: a cell that is
// to be checked waits for its end. f may call the world's other methods, but
// must not check a cell.
func (w *World) Read(f func()) {
	w.methods.RLock()
	defer w.methods.RUnlock()
	f()
}
