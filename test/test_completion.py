"""Completion and inspection, from types."""

import pytest


def matches(kernel, code, cursor=None):
    reply = kernel.complete(code, cursor)
    assert reply["status"] == "ok"
    assert isinstance(reply["metadata"], dict)
    return reply


def full(code, reply):
    """The code as it is after taking each match."""
    return [code[: reply["cursor_start"]] + m + code[reply["cursor_end"] :] for m in reply["matches"]]


@pytest.mark.parametrize(
    "setup, code, wanted",
    [
        ('import "strings"', "strings.EqualF", "strings.EqualFold"),
        ("membrane := 1", "membr", "membrane"),
        ("type neuron struct{ Capacitance, Leak float64 }\nn := neuron{}", "n.Capa", "n.Capacitance"),
        ("type neuron struct{ Capacitance, Leak float64 }\nn := neuron{}", "neuron{Lea", "neuron{Leak"),
        ('import "strings"\nvar sb strings.Builder', "sb.WriteSt", "sb.WriteString"),
        ("", "local := 5\nfunc() { inner := 6; _ = inn", "local := 5\nfunc() { inner := 6; _ = inner"),
        ('import "hillock/stdlib/adex"', "adex.SimulateB", "adex.SimulateBatch"),
        ('import "hillock/stdlib/adex"', "adex.Params{Tau", "adex.Params{TauW"),
    ],
    ids=["package", "variable", "field", "literal", "method", "local", "library", "library literal"],
)
def test_completion(kernel, setup, code, wanted):
    if setup:
        kernel.run(setup).ok()
    reply = matches(kernel, code)
    assert any(text.rstrip(":( ").startswith(wanted) for text in full(code, reply)), reply


def test_cursor_positions_count_code_points(kernel):
    kernel.run('import "strings"').ok()
    code = 'text := "日本🎉"; strings.EqualF'
    reply = matches(kernel, code)
    assert 'text := "日本🎉"; strings.EqualFold' in full(code, reply), reply


def test_completion_in_the_middle(kernel):
    kernel.run('import "strings"').ok()
    code = 'a := "日本🎉"\nb := strings.EqualF\nc := 3'
    reply = matches(kernel, code, code.index("\nc"))
    assert 'a := "日本🎉"\nb := strings.EqualFold\nc := 3' in full(code, reply)


def test_a_package_not_yet_imported(start_kernel):
    kernel = start_kernel()
    code = "strconv.Ato"
    reply = matches(kernel, code)
    text = "\n".join(full(code, reply))
    assert "strconv.Atoi" in text, reply


def test_types_and_signatures(kernel):
    kernel.run('import "strings"').ok()
    reply = matches(kernel, "strings.EqualF")
    kinds = reply["metadata"]["_jupyter_types_experimental"]
    entry = next(k for k in kinds if "EqualFold" in k["text"])
    assert entry["type"] == "function"
    assert "bool" in entry["signature"]


def test_nothing_matches(kernel):
    reply = matches(kernel, "zzzNoSuchName")
    assert reply["matches"] == []


def test_completion_asked_while_a_cell_runs(kernel):
    kernel.run('import ("fmt"; "strings")').ok()
    request = kernel.send('fmt.Println("started")\nselect {}')
    kernel.wait_for_text("started", request)
    kernel.interrupt()
    asked = kernel.request("complete_request", {"code": "strings.EqualF", "cursor_pos": 14})
    assert kernel.outcome(request).status == "error"
    assert kernel.outcome(asked).content["matches"]


def test_magics_complete(kernel):
    assert any("%timeit" in text for text in full("%timei", matches(kernel, "%timei")))


def test_inspect_a_function(kernel):
    kernel.run('import "strings"').ok()
    reply = kernel.inspect("strings.EqualFold(", cursor=10)
    assert reply["found"]
    for mime in ("text/plain", "text/markdown"):
        assert "func EqualFold(s" in reply["data"][mime]
        assert "case" in reply["data"][mime]


def test_inspect_a_variable_after_wide_characters(kernel):
    kernel.run("// potential is the membrane's.\nvar potential float64 = -70").ok()
    code = '_ = "日本🎉"; potential'
    reply = kernel.inspect(code)
    assert reply["found"]
    assert "float64" in reply["data"]["text/plain"]


def test_inspect_shows_units_of_the_library(kernel):
    kernel.run('import "hillock/stdlib/adex"').ok()
    reply = kernel.inspect("adex.Params")
    assert reply["found"]
    for unit in ("pF", "nS", "mV", "pA", "ms"):
        assert unit in reply["data"]["text/plain"]


def test_inspect_of_nothing(kernel):
    reply = kernel.inspect("zzzNoSuchName")
    assert reply["status"] == "ok"
    assert reply["found"] is False
    assert reply["data"] == {}


@pytest.mark.parametrize(
    "code, status",
    [
        ("1 + 1", "complete"),
        ("for {", "incomplete"),
        ("x := [", "incomplete"),
        ("x := )", "invalid"),
        ("%time 1", "complete"),
        ("!ls", "complete"),
        ("", "complete"),
    ],
)
def test_is_complete(kernel, code, status):
    reply = kernel.ask("is_complete_request", {"code": code}).content
    assert reply["status"] == status
    if status == "incomplete":
        assert isinstance(reply["indent"], str)
