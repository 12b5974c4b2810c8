"""The command: run, export and their exit statuses, on real notebooks."""

import os
import shutil
import signal
import subprocess
import time

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from harness import HANG


@pytest.fixture
def notebook(tmp_path):
    """Writes a notebook of code cells; gives its path."""

    def write(*cells, name="study.ipynb", tags=None):
        book = new_notebook(metadata={"kernelspec": {"name": "hillock", "display_name": "Go (hillock)", "language": "go"}})
        book.cells = [new_markdown_cell("# A study")] + [new_code_cell(c) for c in cells]
        for index, tag in (tags or {}).items():
            book.cells[index + 1].metadata["tags"] = [tag]
        path = tmp_path / name
        nbformat.write(book, path)
        return path

    return write


def run(hillock, *arguments, **options):
    return subprocess.run(
        [str(hillock), *map(str, arguments)], capture_output=True, text=True, timeout=HANG * 5, **options
    )


def outputs(path):
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    return [c.outputs for c in book.cells if c.cell_type == "code"]


def test_run_writes_an_executed_notebook(hillock, notebook, tmp_path):
    source = notebook('import "fmt"\nfmt.Println("hello")', "6 * 7")
    before = source.read_bytes()
    done = run(hillock, "run", source, "-o", tmp_path / "out.ipynb")
    assert done.returncode == 0, done.stderr
    first, second = outputs(tmp_path / "out.ipynb")
    assert first[0].text == "hello\n"
    assert second[0].data["text/plain"] == "42"
    assert source.read_bytes() == before


def test_a_program_that_takes_too_much_memory_is_ended(hillock, tmp_path):
    program = tmp_path / "hoard.go"
    program.write_text(
        "package main\n\nfunc main() {\n\tvar all [][]byte\n\tfor {\n\t\tb := make([]byte, 8<<20)\n"
        "\t\tfor i := 0; i < len(b); i += 4096 {\n\t\t\tb[i] = 1\n\t\t}\n\t\tall = append(all, b)\n\t}\n}\n"
    )
    done = run(hillock, "run", program, env=os.environ | {"HILLOCK_MEMORY": "300MB"})
    assert done.returncode != 0
    assert "out of memory" in done.stderr and "300 MB" in done.stderr


def test_run_without_output_leaves_the_input_alone(hillock, notebook):
    source = notebook("6 * 7")
    before, stat = source.read_bytes(), source.stat()
    done = run(hillock, "run", source)
    assert done.returncode == 0, done.stderr
    assert "42" in done.stdout
    assert source.read_bytes() == before and source.stat().st_mtime_ns == stat.st_mtime_ns
    assert sorted(p.name for p in source.parent.iterdir()) == [source.name]


def test_run_in_place(hillock, notebook):
    source = notebook("6 * 7")
    assert run(hillock, "run", source, "-o", source).returncode == 0
    assert outputs(source)[0][0].data["text/plain"] == "42"


def test_a_failed_cell_is_shown_and_the_notebook_is_still_written(hillock, notebook, tmp_path):
    source = notebook("a := 1", "b := []int{}\nb[a]", "a + 1")
    done = run(hillock, "run", source, "-o", tmp_path / "out.ipynb")
    assert done.returncode == 1
    assert "index out of range" in done.stderr + done.stdout
    assert "b[a]" in done.stderr + done.stdout
    written = outputs(tmp_path / "out.ipynb")
    assert written[1][0].output_type == "error"
    assert written[2] == []


@pytest.mark.parametrize("cell", ['import "os"\nos.Exit(0)', "func down(n int) int { return down(n+1) + 1 }\ndown(0)"])
def test_the_interpreters_death_is_a_failure(hillock, notebook, tmp_path, cell):
    done = run(hillock, "run", notebook(cell, "1 + 1"), "-o", tmp_path / "out.ipynb")
    assert done.returncode == 1
    assert outputs(tmp_path / "out.ipynb")[0][-1].output_type == "error"


def test_parameters_replace_the_tagged_cells_values(hillock, notebook, tmp_path):
    source = notebook("trials := 5\ncurrent := 2.5\nname := \"slow\"", "trials * 2", "current", "name", tags={0: "parameters"})
    done = run(
        hillock, "run", source, "-p", "trials=8", "-p", "current=0.5", "-p", "name=fast", "-o", tmp_path / "out.ipynb"
    )
    assert done.returncode == 0, done.stderr
    shown = [o[-1].data["text/plain"] for o in outputs(tmp_path / "out.ipynb") if o]
    assert shown == ["16", "0.5", '"fast"']


def test_a_parameter_that_is_not_there_is_refused(hillock, notebook):
    done = run(hillock, "run", notebook("trials := 5", tags={0: "parameters"}), "-p", "trails=8")
    assert done.returncode != 0
    assert "trails" in done.stderr


def test_timeout_ends_a_cell(hillock, notebook):
    done = run(hillock, "run", "--timeout", "1s", notebook("for {}"))
    assert done.returncode == 1
    assert "1s" in done.stderr + done.stdout


def test_run_a_program(hillock, tmp_path):
    program = tmp_path / "main.go"
    program.write_text('package main\n\nimport ("fmt"; "os")\n\nfunc main() { fmt.Println("out"); os.Exit(3) }\n')
    done = run(hillock, "run", program)
    assert done.stdout == "out\n"
    assert done.returncode == 3 or done.returncode == 1


def test_run_from_standard_input(hillock):
    done = run(hillock, "run", "-", input='package main\n\nfunc main() { print("in") }\n')
    assert done.returncode == 0, done.stderr
    assert "in" in done.stderr + done.stdout


def test_html(hillock, notebook, tmp_path):
    done = run(hillock, "run", notebook('import "fmt"\nfmt.Println("a < b")'), "--html", tmp_path / "out.html")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out.html").read_text()
    assert "<html" in page and "a &lt; b" in page


def test_a_program_ends_with_its_run(hillock, tmp_path):
    """A run that is killed leaves no program behind."""
    program = tmp_path / "endless.go"
    program.write_text('package main\n\nimport ("fmt"; "os")\n\nfunc main() {\n\tfmt.Println(os.Getpid())\n\tfor {\n\t}\n}\n')
    running = subprocess.Popen([str(hillock), "run", str(program)], stdout=subprocess.PIPE, text=True)
    inner = psutil.Process(int(running.stdout.readline()))
    running.kill()
    running.wait()
    assert psutil.wait_procs([inner], timeout=HANG)[1] == []


def test_a_killed_run_never_leaves_half_a_notebook(hillock, notebook, tmp_path):
    out = tmp_path / "out.ipynb"
    shutil.copy(notebook("1"), out)
    before = out.read_bytes()
    endless = notebook('import "fmt"\nfmt.Println("started")', "for {}")
    process = subprocess.Popen([str(hillock), "run", str(endless), "-o", str(out)], stdout=subprocess.PIPE, text=True)
    while "started" not in process.stdout.readline():
        pass
    process.kill()
    process.wait()
    assert out.read_bytes() == before or outputs(out)


def test_interrupting_a_run_writes_what_there_is(hillock, notebook, tmp_path):
    out = tmp_path / "out.ipynb"
    source = notebook('import "fmt"\nfmt.Println("started")\nfor {}')
    process = subprocess.Popen(
        [str(hillock), "run", str(source), "-o", str(out)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    while "started" not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=HANG)
    assert process.returncode not in (0, None)
    assert outputs(out)[0][0].text == "started\n"


@pytest.mark.parametrize(
    "arguments, wanted",
    [
        (["run", "no-such.ipynb"], "no-such.ipynb"),
        (["run"], "run"),
        (["levitate"], "levitate"),
        (["export", "no-such.ipynb"], "no-such.ipynb"),
        (["run", "--levitate", "x.ipynb"], "levitate"),
    ],
)
def test_mistakes_are_named(hillock, tmp_path, arguments, wanted):
    done = run(hillock, *arguments, cwd=tmp_path)
    assert done.returncode != 0
    assert wanted in done.stderr


def test_a_damaged_notebook_is_named(hillock, tmp_path):
    for number, text in enumerate(["", "{", "[]", '{"cells": 5}', '{"nbformat": 3}', "\x00"]):
        path = tmp_path / f"damaged{number}.ipynb"
        path.write_text(text)
        done = run(hillock, "run", path)
        assert done.returncode != 0
        assert path.name in done.stderr, (text, done.stderr)
        assert "panic" not in done.stderr


def export_and_run(hillock, root, source, tmp_path):
    """Exports a notebook into a package of this module, builds it and runs it."""
    folder = root / "test" / f"_export-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir()
    try:
        done = run(hillock, "export", source, "-o", folder / "main.go")
        assert done.returncode == 0, done.stderr
        built = subprocess.run(
            ["go", "build", "-o", str(tmp_path / "program"), "."], cwd=folder, capture_output=True, text=True
        )
        assert built.returncode == 0, built.stderr
        vetted = subprocess.run(["gofmt", "-l", "."], cwd=folder, capture_output=True, text=True)
        assert vetted.stdout == "", "the exported program is not formatted"
        return subprocess.run([str(tmp_path / "program")], cwd=tmp_path, capture_output=True, text=True)
    finally:
        shutil.rmtree(folder)


def test_an_exported_notebook_does_what_the_notebook_does(hillock, root, notebook, tmp_path):
    source = notebook(
        'import ("fmt"; "strconv")\nx := 1\nfmt.Println("one", x)',
        'x := "redefined"\nfmt.Println(x)',
        "type cell struct{ N int }\nfunc (c cell) Twice() int { return 2 * c.N }",
        "func f() int { return 1 }",
        "func f() int { return 2 }\nfmt.Println(f(), cell{4}.Twice())",
        'y := must(strconv.Atoi("12"))\ny * 2',
        "<-func() chan int { c := make(chan int, 1); c <- 3; return c }()",
    )
    interpreted = run(hillock, "run", source)
    assert interpreted.returncode == 0, interpreted.stderr
    compiled = export_and_run(hillock, root, source, tmp_path)
    assert compiled.returncode == 0, compiled.stderr
    for line in ("one 1", "redefined", "2 8", "24", "3"):
        assert line in compiled.stdout.splitlines(), compiled.stdout
        assert line in interpreted.stdout.splitlines(), interpreted.stdout


def test_quickstart_runs_and_exports(hillock, root, tmp_path):
    done = run(hillock, "run", root / "notebooks" / "quickstart.ipynb", "-o", tmp_path / "out.ipynb", cwd=root)
    assert done.returncode == 0, done.stderr
    pictures = [o for cell in outputs(tmp_path / "out.ipynb") for o in cell if "image/png" in o.get("data", {})]
    assert len(pictures) >= 3
    compiled = export_and_run(hillock, root, root / "notebooks" / "quickstart.ipynb", tmp_path)
    assert compiled.returncode == 0, compiled.stderr


def test_the_committed_quickstart_is_executed(root):
    cells = [c for c in nbformat.read(root / "notebooks" / "quickstart.ipynb", as_version=4).cells if c.cell_type == "code"]
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
    assert not [o for c in cells for o in c.outputs if o.output_type == "error"]


def test_nbclient_runs_quickstart(root, kernel_name, tmp_path):
    """Another headless runner, Jupyter's own, gets the same notebook through."""
    from nbclient import NotebookClient

    book = nbformat.read(root / "notebooks" / "quickstart.ipynb", as_version=4)
    NotebookClient(book, timeout=HANG * 5, kernel_name=kernel_name, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert [o for c in book.cells if c.cell_type == "code" for o in c.outputs if o.output_type == "error"] == []
