package nn

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"sort"
	"strings"

	"hillock/internal/whole"
)

// maxHeader is the largest header that ReadSafetensors accepts, as the format's
// reference does.
const maxHeader = 100_000_000

// tensorInfo is an entry of a safetensors header
// (https://github.com/huggingface/safetensors#format).
type tensorInfo struct {
	Type    string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

// Save writes a module's parameters and buffers to a safetensors file, which
// PyTorch's users read with safetensors.torch.load_file. The file is replaced
// whole or not at all. metadata may be nil.
func Save(path string, m Module, metadata map[string]string) error {
	tensors := map[string]*Tensor{}
	for _, p := range m.Parameters() {
		if tensors[p.Name] != nil {
			return fmt.Errorf("nn: save %s: two parameters are named %q", path, p.Name)
		}
		tensors[p.Name] = p.Tensor
	}
	err := whole.Write(path, func(out io.Writer) error { return WriteSafetensors(out, tensors, metadata) })
	if err != nil {
		return fmt.Errorf("nn: save %s: %w", path, err)
	}
	return nil
}

// Load reads a safetensors file into a module. It fails, and changes nothing,
// when a tensor is missing, left over, or of another shape.
func Load(path string, m Module) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("nn: load weights: %w", err)
	}
	defer file.Close()
	tensors, _, err := ReadSafetensors(file)
	if err != nil {
		return fmt.Errorf("nn: load %s: %w", path, err)
	}
	for _, p := range m.Parameters() {
		from := tensors[p.Name]
		if from == nil {
			return fmt.Errorf("nn: load %s: it has no tensor %q, which the network needs", path, p.Name)
		}
		if !sameShape(from, p.Tensor) {
			return fmt.Errorf("nn: load %s: tensor %q has shape %s, the network's has %s", path, p.Name, shapeText(from.Shape()), shapeText(p.Tensor.Shape()))
		}
	}
	needed := map[string]bool{}
	for _, p := range m.Parameters() {
		needed[p.Name] = true
	}
	for name := range tensors {
		// PyTorch counts the batches that a batch normalisation has seen.
		if !needed[name] && !strings.HasSuffix(name, "num_batches_tracked") {
			return fmt.Errorf("nn: load %s: tensor %q has no place in the network", path, name)
		}
	}
	for _, p := range m.Parameters() {
		copy(p.Tensor.Data, tensors[p.Name].Data)
	}
	return nil
}

// WriteSafetensors writes named tensors in the safetensors format, in the order
// of their names, as little-endian float32.
func WriteSafetensors(w io.Writer, tensors map[string]*Tensor, metadata map[string]string) error {
	names := make([]string, 0, len(tensors))
	for name := range tensors {
		names = append(names, name)
	}
	sort.Strings(names)
	header := map[string]any{}
	if len(metadata) > 0 {
		header["__metadata__"] = metadata
	}
	at := 0
	for _, name := range names {
		size := 4 * tensors[name].Len()
		header[name] = tensorInfo{Type: "F32", Shape: tensors[name].Shape(), Offsets: [2]int{at, at + size}}
		at += size
	}
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	if err := binary.Write(w, binary.LittleEndian, uint64(len(text))); err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	for _, name := range names {
		if err := binary.Write(w, binary.LittleEndian, tensors[name].Data); err != nil {
			return err
		}
	}
	return nil
}

// ReadSafetensors reads named tensors and the metadata from the safetensors
// format. Tensors of 64-bit and 16-bit floats are converted to float32; those of
// integers, such as PyTorch's num_batches_tracked, too. It fails on a damaged
// header, offsets that do not fit the data, and shapes of more than four
// dimensions.
func ReadSafetensors(r io.Reader) (map[string]*Tensor, map[string]string, error) {
	var size uint64
	if err := binary.Read(r, binary.LittleEndian, &size); err != nil {
		return nil, nil, fmt.Errorf("safetensors: no header: %w", err)
	}
	if size > maxHeader {
		return nil, nil, fmt.Errorf("safetensors: header of %d bytes; want at most %d", size, maxHeader)
	}
	text, err := io.ReadAll(io.LimitReader(r, int64(size)))
	if err != nil {
		return nil, nil, fmt.Errorf("safetensors: header: %w", err)
	}
	if uint64(len(text)) < size {
		return nil, nil, fmt.Errorf("safetensors: the header is cut off after %d of %d bytes", len(text), size)
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(text, &entries); err != nil {
		return nil, nil, fmt.Errorf("safetensors: header: %w", err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, nil, fmt.Errorf("safetensors: data: %w", err)
	}
	var metadata map[string]string
	tensors := map[string]*Tensor{}
	for name, raw := range entries {
		if name == "__metadata__" {
			if err := json.Unmarshal(raw, &metadata); err != nil {
				return nil, nil, fmt.Errorf("safetensors: metadata: %w", err)
			}
			continue
		}
		var info tensorInfo
		if err := json.Unmarshal(raw, &info); err != nil {
			return nil, nil, fmt.Errorf("safetensors: tensor %q: %w", name, err)
		}
		tensor, err := info.read(data)
		if err != nil {
			return nil, nil, fmt.Errorf("safetensors: tensor %q: %w", name, err)
		}
		tensors[name] = tensor
	}
	return tensors, metadata, nil
}

// width is the size of an element of a type in bytes, 0 for types not known.
func (i tensorInfo) width() int {
	switch i.Type {
	case "F64", "I64":
		return 8
	case "F32", "I32":
		return 4
	case "F16", "BF16":
		return 2
	}
	return 0
}

func (i tensorInfo) read(data []byte) (*Tensor, error) {
	shape := i.Shape
	if len(shape) == 0 {
		shape = []int{1} // a scalar
	}
	width := i.width()
	if width == 0 {
		return nil, fmt.Errorf("type %q; want F64, F32, F16, BF16, I64 or I32", i.Type)
	}
	from, to := i.Offsets[0], i.Offsets[1]
	if from < 0 || to < from || to > len(data) {
		return nil, fmt.Errorf("bytes %d to %d of %d", from, to, len(data))
	}
	count := (to - from) / width
	size := 1
	for _, d := range shape {
		if d < 1 || size > count {
			return nil, fmt.Errorf("shape %s does not fit %d elements", shapeText(shape), count)
		}
		size *= d
	}
	if size != count || count*width != to-from {
		return nil, fmt.Errorf("shape %s does not fit %d bytes of %s", shapeText(shape), to-from, i.Type)
	}
	tensor, err := NewTensor(shape...)
	if err != nil {
		return nil, err
	}
	for k := range tensor.Data {
		tensor.Data[k] = i.element(data[from+k*width:])
	}
	return tensor, nil
}

func (i tensorInfo) element(b []byte) float32 {
	switch i.Type {
	case "F64":
		return float32(math.Float64frombits(binary.LittleEndian.Uint64(b)))
	case "I64":
		return float32(int64(binary.LittleEndian.Uint64(b)))
	case "I32":
		return float32(int32(binary.LittleEndian.Uint32(b)))
	case "BF16":
		return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)
	case "F16":
		return half(binary.LittleEndian.Uint16(b))
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(b))
}

// half is the value of an IEEE 754 half-precision float.
func half(bits uint16) float32 {
	sign, exponent, fraction := float64(1), int(bits>>10&0x1f), float64(bits&0x3ff)
	if bits&0x8000 != 0 {
		sign = -1
	}
	switch {
	case exponent == 0x1f && fraction != 0:
		return float32(math.NaN())
	case exponent == 0x1f:
		return float32(math.Inf(int(sign)))
	case exponent == 0:
		return float32(sign * math.Ldexp(fraction, -24))
	}
	return float32(sign * math.Ldexp(1024+fraction, exponent-25))
}
