package nb

import (
	"fmt"
	"os"
	"testing"
)

func TestTry(t *testing.T) {
	n, err := ReadFile("../../notebooks/quickstart.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	text, err := n.Export("quickstart.ipynb")
	fmt.Fprintln(os.Stderr, string(text), err)
}
