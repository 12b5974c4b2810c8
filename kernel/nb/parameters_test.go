package nb

import (
	"strings"
	"testing"
)

const parametersCell = `import ("math"; "time")
import "os"
trials := 5 // how many
var current, scale float64 = 2.5, 1
name, on := "slow", true
const (
	limit = 1e3
	count uint8 = 3
)
wait := 2 * time.Second
values := []int{1}
root := math.Sqrt(2)
type kind int`

func TestParameters(t *testing.T) {
	for _, x := range []struct{ setting, want string }{
		{"trials=8", "trials = 8"},
		{"trials=0x10", "trials = 0x10"},
		{"trials=-3", "trials = -3"},
		{"trials=1_000", "trials = 1_000"},
		{"trials=2.5", `error: "2.5" is no int`},
		{"trials=abc", `error: "abc" is no int`},
		{"trials=", `error: "" is no int`},
		{"trials=1); os.Exit(2", `error:`},
		{"current=3", "current = 3"},
		{"scale=1e-3", "scale = 1e-3"},
		{"current=fast", `error: "fast" is no float64`},
		{"name=fast", `name = "fast"`},
		{`name=a "b"`, `name = "a \"b\""`},
		{"name=", `name = ""`},
		{"name=a=b", `name = "a=b"`},
		{"on=false", "on = false"},
		{"on=maybe", `error: "maybe" is neither`},
		{"limit=5", "const limit = float64(5)"},
		{"limit=5.5", "const limit = 5.5"},
		{"count=7", "const count uint8 = 7"},
		{"count=300", `error: "300" is no uint8`},
		{"wait=3*time.Second", "wait = 3*time.Second"},
		{"wait=1m30s", "wait = time.Duration(90000000000)"},
		{"wait=3", "wait = 3"},
		{"wait=3 s", `error: "3 s" is no Go expression, nor a time such as 90s`},
		{"values=[]int{2, 3}", "values = []int{2, 3}"},
		{"values=[", `error: "[" is no Go expression`},
		{"trails=8", `error: there is no parameter "trails"; the cell tagged parameters declares trials, current, scale, name, on, limit, count, wait, values, root`},
	} {
		n := &Notebook{Cells: []*Cell{
			{Type: Code, Source: "first"},
			{Type: Code, Source: parametersCell, Metadata: map[string]any{"tags": []any{"parameters"}}},
			{Type: Code, Source: "last"},
		}}
		err := n.SetParameters([]string{x.setting})
		if wanted, isError := strings.CutPrefix(x.want, "error:"); isError {
			if err == nil || !strings.Contains(err.Error(), strings.TrimSpace(wanted)) {
				t.Errorf("%s: error %v, want %q", x.setting, err, wanted)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", x.setting, err)
			continue
		}
		if got := n.Cells[2]; len(n.Cells) != 4 || got.Source != "// Parameters\n"+x.want || !got.HasTag("injected-parameters") {
			t.Errorf("%s: the third of %d cells is %q", x.setting, len(n.Cells), got.Source)
		}
	}
}

func TestParametersReplaceThoseOfAnEarlierRun(t *testing.T) {
	n := &Notebook{Cells: []*Cell{
		{Type: Code, Source: "trials := 5", Metadata: map[string]any{"tags": []any{"parameters"}}},
	}}
	for _, setting := range []string{"trials=6", "trials=7"} {
		if err := n.SetParameters([]string{setting}); err != nil {
			t.Fatal(err)
		}
	}
	if len(n.Cells) != 2 || n.Cells[1].Source != "// Parameters\ntrials = 7" {
		t.Errorf("%d cells, the last is %q", len(n.Cells), n.Cells[len(n.Cells)-1].Source)
	}
	if err := (&Notebook{}).SetParameters([]string{"a=1"}); err == nil || !strings.Contains(err.Error(), "tagged parameters") {
		t.Errorf("without a cell for parameters: %v", err)
	}
	if err := n.SetParameters(nil); err != nil || len(n.Cells) != 2 {
		t.Errorf("no settings changed the notebook: %v", err)
	}
}
