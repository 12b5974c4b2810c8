package nn

import (
	"math/rand/v2"
	"strings"
	"testing"

	"hillock/stdlib/notebook"
)

// TestModulesShowWhatTheyAre, not their weights.
func TestModulesShowWhatTheyAre(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	layer := NewLinear(2, 1000, rng)
	ae, err := NewConvAE(ConvAEOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for want, m := range map[string]Module{
		"Linear(2, 1000)": layer,
		"GRU(2, 3)":       NewGRU(2, 3, RecurrentOptions{}, rng),
		"CONV-AE encoder": ae.Encoder(),
		"Sequential(Linear(2, 1000), ReLU, Linear(1000, 1)), 4,001 parameters": NewSequential(layer, ReLU(), NewLinear(1000, 1, rng)),
	} {
		if got := notebook.Represent(m).Data[notebook.MIMEText]; got != want {
			t.Errorf("a module shows %q, want %q", got, want)
		}
	}
}

func TestSummaryEqualsTable8(t *testing.T) {
	ae, err := NewConvAE(ConvAEOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Summary(ae, 1024)
	if err != nil {
		t.Fatal(err)
	}
	// Of a batch of 32 the thesis gives 842.49 million multiply-adds; it counts the
	// 96 parameters of batch normalisation too.
	if got := 32 * (s.MultiplyAdds + 96); got/10_000 != 84_248 {
		t.Errorf("%d multiply-adds a batch of 32, want 842.49 million", got)
	}
	want := []string{
		"Conv1d(1, 32, kernel 5)  (1, 1024)  (32, 1024)  192",
		"Conv1d(32, 16, kernel 3) (32, 512) (16, 512) 1,552",
		"Conv1d(16, 64, kernel 11) (16, 256) (64, 256) 11,328",
		"Conv1d(64, 128, kernel 13) (64, 128) (128, 128) 106,624",
		"Conv1d(128, 1, kernel 3) (128, 64) (1, 64) 385",
		"Conv1d(1, 128, kernel 3) (1, 32) (128, 32) 512",
		"Conv1d(128, 64, kernel 13) (128, 64) (64, 64) 106,560",
		"Conv1d(64, 16, kernel 11) (64, 128) (16, 128) 11,280",
		"Conv1d(16, 32, kernel 3) (16, 256) (32, 256) 1,568",
		"Conv1d(32, 1, kernel 5) (32, 512) (1, 512) 161",
	}
	text := strings.Join(strings.Fields(s.String()), " ")
	at := 0
	for _, line := range want {
		line = strings.Join(strings.Fields(line), " ")
		i := strings.Index(text[at:], line)
		if i < 0 {
			t.Fatalf("no %q in its place in\n%s", line, s)
		}
		at += i
	}
	if !strings.Contains(s.HTML(), "240,258 parameters") {
		t.Error("the HTML does not say 240,258 parameters")
	}
	if _, err := Summary(ae, 5, 5, 5); err == nil {
		t.Error("a shape that the network can't take was accepted")
	}
}
