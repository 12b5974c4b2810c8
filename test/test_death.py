"""Whatever kills the interpreter, the cell says so and the kernel lives on."""

import json
import os
import re
import signal

import psutil
import pytest

CELLS = {
    "infinite recursion": ("func down(n int) int { return down(n+1) + 1 }\ndown(0)", r"stack|recurs"),
    "concurrent map write": (
        """
m := map[int]int{}
for g := range 8 {
	go func() {
		for i := 0; ; i++ { m[i%8+g] = i }
	}()
}
select {}
""",
        r"concurrent map",
    ),
    "panic in a goroutine": ('go func() { panic("boom in the goroutine") }()\nselect {}', r"boom in the goroutine"),
    "os.Exit": ('import "os"\nos.Exit(3)', r"exit.*\b3\b"),
}


def assert_lives_on(kernel, outcome, cause):
    assert re.search(cause, outcome.error, re.IGNORECASE), outcome.error
    assert "variables" in outcome.error
    assert kernel.run("40 + 2").ok().value == "42"
    assert "undefined" in kernel.run("treasure").error
    assert kernel.client.is_alive()


@pytest.mark.parametrize("cell, cause", CELLS.values(), ids=CELLS.keys())
def test_each_way_to_die(kernel, cell, cause):
    front = kernel.manager.provisioner.process.pid
    kernel.run("treasure := 1").ok()
    assert_lives_on(kernel, kernel.run(cell), cause)
    assert kernel.manager.provisioner.process.pid == front


def test_memory_beyond_the_limit(start_kernel):
    """The kernel's limit, made small here so that the test needs little."""
    kernel = start_kernel(env=os.environ | {"HILLOCK_MEMORY": "800MB"})
    kernel.run("treasure := 1").ok()
    hoard = 'import "bytes"\nvar hoard [][]byte\nfor { hoard = append(hoard, bytes.Repeat([]byte{1}, 64<<20)) }'
    assert_lives_on(kernel, kernel.run(hoard), r"memory.*800 MB")


def test_memory_that_is_given_back_does_not_count(start_kernel):
    kernel = start_kernel(env=os.environ | {"HILLOCK_MEMORY": "800MB"})
    kernel.run('import "bytes"\nfor range 100 { bytes.Repeat([]byte{1}, 64<<20) }').ok()


def test_kill_while_a_cell_runs(kernel):
    kernel.run("treasure := 1").ok()
    request = kernel.send('import ("fmt"; "os")\nfmt.Println("pid", os.Getpid(), ";")\nselect {}')
    text = kernel.wait_for_text(";", request)["content"]["text"]
    os.kill(int(text.split()[1]), signal.SIGKILL)
    assert_lives_on(kernel, kernel.outcome(request), r"kill")


def test_kill_between_cells(kernel):
    kernel.run("treasure := 1").ok()
    worker = psutil.Process(int(kernel.run('import "os"\nos.Getpid()').ok().value))
    before = len(kernel.iopub)
    worker.kill()
    assert psutil.wait_procs([worker], timeout=60)[1] == []
    # That variables are gone is said below the last cell, where it can be seen
    # at once, or with the next one, and never passed over in silence.
    assert kernel.run("treasure").status == "error"
    kernel.wait(lambda m: m in kernel.iopub[before:] and "variables" in str(m["content"]))
    assert kernel.run("40 + 2").ok().value == "42"


def test_what_was_printed_before_death_arrives(kernel):
    outcome = kernel.run('import ("fmt"; "os")\nfmt.Println("last words")\nos.Exit(1)')
    assert outcome.status == "error"
    assert outcome.stdout == "last words\n"


def test_death_aborts_what_is_queued(kernel, tmp_path):
    now = tmp_path / "now"
    first = kernel.send(
        'import ("os"; "time")\n'
        f"for {{ if _, err := os.Stat({json.dumps(str(now))}); err == nil {{ os.Exit(1) }}; time.Sleep(10 * time.Millisecond) }}"
    )
    second = kernel.send("1 + 1")
    kernel.ask("kernel_info_request", {})  # which comes behind the second cell
    now.touch()
    assert kernel.outcome(first).status == "error"
    assert kernel.outcome(second).status == "aborted"


def test_no_interpreter_outlives_its_kernel(start_kernel):
    kernel = start_kernel()
    worker = psutil.Process(int(kernel.run('import "os"\nos.Getpid()').ok().value))
    assert worker.is_running()
    os.kill(kernel.manager.provisioner.process.pid, signal.SIGKILL)
    assert psutil.wait_procs([worker], timeout=60)[1] == []
