"""Jupyter's own test of kernels, every optional part filled in."""

import jupyter_kernel_test
import pytest


@pytest.fixture(scope="module", autouse=True)
def installed(kernel_name):
    """The kernel to test, named before the class starts it."""
    TestHillock.kernel_name = kernel_name


class TestHillock(jupyter_kernel_test.KernelTests):
    language_name = "go"
    file_extension = ".go"

    code_hello_world = 'import "fmt"\nfmt.Println("hello, world")'
    code_stderr = 'import ("fmt"; "os")\nfmt.Fprintln(os.Stderr, "to the error stream")'

    completion_samples = [
        {"text": "strings.EqualF", "matches": {"EqualFold"}},
        {"text": "math.MaxInt6", "matches": {"MaxInt64"}},
    ]

    complete_code_samples = [
        "1 + 1",
        "x := 2",
        "func double(n int) int {\n\treturn 2 * n\n}",
        'import "math"\nmath.Pi',
        "type point struct{ x, y float64 }",
        "for i := range 3 {\n\t_ = i\n}",
        "// a remark",
    ]
    incomplete_code_samples = [
        "func double(n int) int {",
        "for i := range 3 {\n",
        "values := []int{1,",
        "f(1,",
        "text := `over",
        "/* a long",
    ]
    invalid_code_samples = ["x := )", "func 1() {}", "import 5", "} {"]

    code_page_something = "%doc strings.EqualFold"
    code_generate_error = 'panic("on purpose")'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "30 + 12", "result": "42"},
        {"code": "84 / 2", "result": "42"},
        {"code": 'import "strings"\nstrings.ToUpper("soma")', "result": '"SOMA"'},
    ]
    code_display_data = [
        {
            "code": 'import "hillock/stdlib/notebook"\nnotebook.Display(notebook.HTML("<b>dendrite</b>"))',
            "mime": "text/html",
        },
    ]
    code_history_pattern = "30 + 12"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "strings.EqualFold"
    code_clear_output = 'import "hillock/stdlib/notebook"\nnotebook.ClearOutput(false)'
