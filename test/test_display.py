"""Rich output: representations, display ids, updates, progress, clear_output."""

import base64
import struct

import pytest

HEAD = 'import ("fmt"; "hillock/stdlib/notebook")\n'


def shown(outcome) -> dict:
    """The data of the one execute_result or display."""
    results = outcome.of_type("execute_result") + outcome.displays
    assert len(results) == 1, outcome.messages
    return results[0]["data"]


@pytest.mark.parametrize(
    "method, mime",
    [
        ("HTML", "text/html"),
        ("Markdown", "text/markdown"),
        ("LaTeX", "text/latex"),
        ("SVG", "image/svg+xml"),
    ],
)
def test_methods_of_a_cells_own_types(kernel, method, mime):
    kernel.run(f'type shown{method} struct{{}}\nfunc (shown{method}) {method}() string {{ return "<{method}/>" }}').ok()
    assert shown(kernel.run(f"shown{method}{{}}").ok())[mime] == f"<{method}/>"


def test_an_image_is_a_png(kernel):
    outcome = kernel.run(
        'import ("image"; "image/color")\n'
        "picture := image.NewRGBA(image.Rect(0, 0, 30, 20))\npicture.Set(1, 1, color.White)\npicture"
    ).ok()
    png = base64.b64decode(shown(outcome)["image/png"])
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (30, 20)


def test_a_plot(kernel):
    outcome = kernel.run(
        """
import ("gonum.org/v1/plot"; "gonum.org/v1/plot/plotter")
figure := plot.New()
figure.Title.Text = "Membrane potential"
figure.X.Label.Text = "t (ms)"
figure.Add(must(plotter.NewLine(plotter.XYs{{X: 0, Y: -70}, {X: 1, Y: -50}})))
figure
"""
    ).ok()
    results = outcome.of_type("execute_result")
    data, metadata = results[0]["data"], results[0]["metadata"]
    assert "<svg" in data["image/svg+xml"] and "@font-face" in data["image/svg+xml"]
    png = base64.b64decode(data["image/png"])
    width, _ = struct.unpack(">II", png[16:24])
    assert width == 2 * metadata["image/png"]["width"]
    assert "Membrane potential" in data["text/plain"]


def test_a_matrix(kernel):
    data = shown(kernel.run('import "gonum.org/v1/gonum/mat"\nmat.NewDense(2, 2, []float64{1, 2, 3, 4.5})').ok())
    assert "4.5" in data["text/plain"]
    assert "4.5" in data.get("text/latex", "") + data.get("text/html", "")


def test_a_slice_of_structs_is_a_table(kernel):
    data = shown(kernel.run('type row struct { Name string; Rate float64 }\n[]row{{"a", 1.5}, {"b", 2.5}}').ok())
    for text in (data["text/html"], data["text/plain"]):
        assert "Name" in text and "Rate" in text and "2.5" in text
    assert "<table" in data["text/html"]


def test_html_of_values_is_escaped(kernel):
    data = shown(kernel.run('type note struct { Text string }\n[]note{{"<script>alert(1)</script>"}}').ok())
    assert "<script>" not in data["text/html"]


def test_display_and_trailing_expression(kernel):
    outcome = kernel.run(HEAD + 'notebook.Display(notebook.Markdown("*soma*"))\n7').ok()
    assert outcome.displays[0]["data"]["text/markdown"] == "*soma*"
    assert outcome.value == "7"


def test_display_id_and_update(kernel):
    shown_first = kernel.run(HEAD + 'gauge := notebook.DisplayID("gauge", notebook.HTML("one"))').ok()
    display = shown_first.displays[0]
    assert display["transient"]["display_id"] == "gauge"
    for cell, html in (
        ('gauge.Update(notebook.HTML("two"))', "two"),
        ('notebook.UpdateDisplay("gauge", notebook.HTML("three"))', "three"),
    ):
        updated = kernel.run(cell).ok()
        update = updated.of_type("update_display_data")[0]
        assert update["transient"]["display_id"] == "gauge"
        assert update["data"]["text/html"] == html


@pytest.mark.parametrize("wait", ["true", "false"])
def test_clear_output(kernel, wait):
    outcome = kernel.run(HEAD + f'fmt.Println("gone")\nnotebook.ClearOutput({wait})\nfmt.Println("left")').ok()
    assert outcome.of_type("clear_output") == [{"wait": wait == "true"}]
    order = [m["msg_type"] for m in outcome.messages if m["msg_type"] in ("stream", "clear_output")]
    assert order == ["stream", "clear_output", "stream"]


def test_progress_keeps_its_final_state(kernel):
    outcome = kernel.run(
        HEAD + 'bar := notebook.NewProgress(notebook.ProgressOptions{Total: 50, Label: "simulating"})\n'
        "for range 50 { bar.Add(1) }\nbar.Done()"
    ).ok()
    first = outcome.displays[0]
    updates = outcome.of_type("update_display_data")
    assert updates, "no update"
    assert {u["transient"]["display_id"] for u in updates} == {first["transient"]["display_id"]}
    assert "50/50" in updates[-1]["data"]["text/plain"]
    assert "<progress" in first["data"]["text/html"]


def test_vega_lite(kernel):
    outcome = kernel.run(HEAD + 'notebook.VegaLite(`{"mark": "bar", "data": {"values": []}}`)').ok()
    data = shown(outcome)
    key = next(k for k in data if k.startswith("application/vnd.vegalite.v5"))
    assert data[key]["mark"] == "bar"


def test_errors_show_as_values(kernel):
    data = shown(kernel.run('import "errors"\nfailure := errors.New("tetanus")\nfailure').ok())
    assert "tetanus" in data["text/plain"]


def test_no_representation_may_harm_the_kernel(kernel):
    kernel.run('type faulty struct{}\nfunc (faulty) HTML() string { panic("in HTML") }').ok()
    outcome = kernel.run("faulty{}")
    assert "in HTML" in str(outcome.messages) + str(outcome.content)
    assert kernel.run("1").ok().value == "1"
