package nb

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

func TestFormulasBecomeMathML(t *testing.T) {
	for latex, want := range map[string]string{
		`C\,\frac{\mathrm{d}V}{\mathrm{d}t} = -g_\mathrm{L}(V - E_\mathrm{L}) + \Delta_\mathrm{T}\exp\left(\frac{V - V_\mathrm{T}}{\Delta_\mathrm{T}}\right) - w`: "CdVdt=−gL(V−EL)+ΔTexp(V−VTΔT)−w",
		`\tau_w\,\frac{\mathrm{d}w}{\mathrm{d}t} = a(V - E_\mathrm{L}) - w`:                                                                                       "τwdwdt=a(V−EL)−w",
		`x_1^2 + 10.5\cdot 10^{-9}`:                            "x12+10.5·10−9",
		`\begin{bmatrix}1 & 2 \\ \vdots & \ddots\end{bmatrix}`: "[12⋮⋱]",
		`\sum_{i=1}^N \hat{x}_i \le \sqrt{\text{so much}}`:     "∑i=1Nx^i≤so much",
		`p(\theta \mid x) \propto f'`:                          "p(θ∣x)∝f′",
		`\mathcal{N}(0, \mathbf{I})`:                           "𝒩(0,I)",
	} {
		math, err := mathML(latex, true)
		if err != nil {
			t.Errorf("%s: %v", latex, err)
			continue
		}
		if got := textIn(t, math); got != want {
			t.Errorf("%s: %s, want %s", latex, got, want)
		}
	}
	for _, latex := range []string{`\frac{1}`, `{`, `x}`, `\unknown`, `\left( x`, `a & b`, `\begin{bmatrix} 1`, strings.Repeat("{", 10000)} {
		if math, err := mathML(latex, false); err == nil {
			t.Errorf("%.20s: became %s", latex, math)
		}
	}
}

// textIn gives the text of an XML document, which must be well formed.
func textIn(t *testing.T, document string) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(document))
	var b strings.Builder
	for {
		token, err := d.Token()
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			t.Fatalf("%v in %s", err, document)
		}
		if text, ok := token.(xml.CharData); ok {
			b.Write(text)
		}
	}
}

func TestMarkdownKeepsFormulasAndCodeApart(t *testing.T) {
	for source, want := range map[string]string{
		"costs $5 and $6":        "<p>costs $5 and $6</p>",
		"`$x_1$` and $a$":        "<p><code>$x_1$</code> and <math><mrow><mi>a</mi></mrow></math></p>",
		"```\n$x$\n```":          "<pre><code>$x$\n</code></pre>",
		`\$x\$`:                  "<p>$x$</p>",
		"$\\nothing_known$":      "<p><code>\\nothing_known</code></p>",
		"*a* $a_b*c*_d$":         "<p><em>a</em> <math>",
		"| a |\n|---|\n| 1 |":    "<table>",
		"![p](attachment:p.png)": `<img src="data:image/png;base64,AAAA" alt="p">`,
		"one $x\n\ny$ two":       "<p>one $x</p>\n<p>y$ two</p>",
	} {
		got, err := markdown(source, map[string]any{"p.png": map[string]any{"image/png": "AAAA"}})
		if err != nil || !strings.Contains(string(got), want) {
			t.Errorf("%q: %v\n%s\nwant\n%s", source, err, got, want)
		}
	}
}

func TestHTMLPage(t *testing.T) {
	n, err := ReadFile("testdata/everything.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	n.Cells[2].Outputs = append(n.Cells[2].Outputs,
		&Output{Type: Stream, Name: "stdout", Text: "1%\r2%\r3%\n<b>\x1b[31mred\x1b[0m\n"})
	data, err := n.HTML("untitled")
	if err != nil {
		t.Fatal(err)
	}
	got := string(data)
	for _, want := range []string{
		"<title>Neurons</title>",
		`<span class="number">1</span>`,
		`data-count="[1]"`,
		`<img src="data:image/png;base64,iVBOR`,
		`<img src="data:image/svg+xml;base64,`,
		`<div class="html"><b>`,
		`<pre class="error"><span class="ansi-red">panic</span>`,
		"3%\n&lt;b&gt;<span class=\"ansi-red\">red</span>",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, unwanted := range []string{"<script", "http://", "https://", "2%"} {
		if strings.Contains(got, unwanted) {
			t.Errorf("the page holds %s", unwanted)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("a $x_1$ `b` $$\\frac{1}{2}$$")
	f.Add("\ue0000\ue001 $\\begin{cases}a & b\\\\c\\end{cases}$")
	f.Fuzz(func(t *testing.T, source string) {
		if _, err := markdown(source, nil); err != nil {
			t.Error(err)
		}
	})
}
