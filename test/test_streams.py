"""Printed text: all of it, in order, under the cell that started it."""

import psutil

LINES = 100_000


def test_many_lines_in_few_messages(kernel):
    outcome = kernel.run(f'import "fmt"\nfor i := range {LINES} {{ fmt.Println("line", i) }}').ok()
    assert outcome.stdout == "".join(f"line {i}\n" for i in range(LINES))
    assert len(outcome.of_type("stream")) < 60


def test_late_output_belongs_to_the_cell_that_started_it(kernel):
    first = kernel.run('import "fmt"\ngate := make(chan bool)\ngo func() { <-gate; fmt.Println("late") }()').ok()
    second = kernel.run('fmt.Println("second")\nclose(gate)').ok()
    late = kernel.wait_for_text("late")
    assert late["parent_header"]["msg_id"] == first.reply["parent_header"]["msg_id"]
    assert second.stdout == "second\n"


def test_late_display_belongs_to_the_cell_that_started_it(kernel):
    first = kernel.run(
        'import ("fmt"; "hillock/stdlib/notebook")\n'
        "door := make(chan bool)\n"
        'go func() { <-door; notebook.Display(notebook.HTML("<i>late</i>")) }()'
    ).ok()
    kernel.run("close(door)").ok()
    late = kernel.wait(lambda m: m["msg_type"] == "display_data" and "<i>late</i>" in str(m["content"]))
    assert late["parent_header"]["msg_id"] == first.reply["parent_header"]["msg_id"]


def test_prints_and_displays_keep_their_order(kernel):
    outcome = kernel.run(
        'import ("fmt"; "hillock/stdlib/notebook")\n'
        'for i := range 20 { fmt.Println("print", i); notebook.Display(notebook.HTML(fmt.Sprint("show ", i))) }'
    ).ok()
    order = []
    for message in outcome.messages:
        if message["msg_type"] == "stream":
            order += message["content"]["text"].splitlines()
        elif message["msg_type"] == "display_data":
            order.append(message["content"]["data"]["text/html"])
    assert order == [text for i in range(20) for text in (f"print {i}", f"show {i}")]


def test_every_way_to_print_is_caught(kernel):
    outcome = kernel.run(
        """
import ("fmt"; "log"; "os"; "io"; "bufio")
fmt.Print("a\\n")
fmt.Fprintln(os.Stdout, "b")
os.Stdout.WriteString("c\\n")
io.WriteString(os.Stdout, "d\\n")
w := bufio.NewWriter(os.Stdout); w.WriteString("e\\n"); w.Flush()
fmt.Fprintln(os.Stderr, "f")
log.SetFlags(0); log.Print("g")
println("h")
"""
    ).ok()
    assert outcome.stdout.splitlines() == ["a", "b", "c", "d", "e"]
    assert sorted(outcome.stderr.splitlines()) == ["f", "g", "h"]


def test_text_is_whole(kernel):
    """Characters are never cut in two by a message's end."""
    outcome = kernel.run('import ("fmt"; "strings")\nfmt.Print(strings.Repeat("日本🎉é", 100_000))').ok()
    assert outcome.stdout == "日本🎉é" * 100_000


def test_output_without_newline_arrives(kernel):
    assert kernel.run('import "fmt"\nfmt.Print("no newline")').ok().stdout == "no newline"


def test_output_arrives_while_the_cell_runs(kernel):
    request = kernel.send('import "fmt"\nfmt.Println("first"); <-ctx.Done()')
    kernel.wait_for_text("first", request)
    kernel.interrupt()
    kernel.outcome(request)


def test_a_runaway_print_cannot_exhaust_memory(kernel):
    """The client reads nothing while a cell prints without end: the kernel's
    memory stays bounded, and the cell can still be interrupted."""
    front = psutil.Process(kernel.manager.provisioner.process.pid)
    request = kernel.send('import ("fmt"; "strings")\nblock := strings.Repeat("x", 1<<20)\nfor { fmt.Println(block) }')
    kernel.wait_for_text("x", request)
    peak = 0
    for _ in range(20):
        peak = max(peak, sum(p.memory_info().rss for p in [front, *front.children(recursive=True)]))
        psutil.wait_procs([front], timeout=0.25)
    kernel.interrupt()
    assert kernel.outcome(request).status == "error"
    assert peak < 1 << 30
