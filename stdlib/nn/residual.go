package nn

// Residual adds a module's input to its output, through a module of its own
// where the shapes differ.
type Residual struct {
	Body     Module
	Shortcut Module // nil when the shapes are equal
}

// Forward is body(x) + x.
func (r *Residual) Forward(t *Tape, x *Tensor) *Tensor {
	y := t.Run("body", r.Body, x)
	if r.Shortcut != nil {
		x = t.Run("shortcut", r.Shortcut, x)
	}
	return t.Add(y, x)
}

// Parameters are those of body and shortcut.
func (r *Residual) Parameters() []Parameter {
	all := ParametersOf("body", r.Body)
	if r.Shortcut != nil {
		all = append(all, ParametersOf("shortcut", r.Shortcut)...)
	}
	return all
}

// Describe is Residual.
func (r *Residual) Describe() string { return "Residual" }
