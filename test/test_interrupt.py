"""Interrupt ends what a cell is doing and keeps all state."""

import time

import pytest

SETUP = 'import ("fmt"; "time"; "os"; "hillock/stdlib/adex")\nkept := 41'

# Each cell says "started" when it is under way.
CELLS = {
    "loop": 'fmt.Println("started")\nfor { kept += 0 }',
    "nested function loop": (
        "spin := func() { for i := 0; ; i++ { _ = i * i } }\n" 'fmt.Println("started")\nspin()'
    ),
    "channel receive": 'fmt.Println("started")\n<-make(chan int)',
    "channel send": 'fmt.Println("started")\nmake(chan int) <- 1',
    "select": 'fmt.Println("started")\nselect {}',
    "sleep": 'fmt.Println("started")\ntime.Sleep(time.Hour)',
    "waiting on ctx": 'fmt.Println("started")\n<-ctx.Done()',
    "library call": """
p := adex.Params{C: 100, GL: 10, EL: -70, VT: -50, DeltaT: 2, A: 80, TauW: 50, B: 80, Vr: -55}
many := make([]adex.Params, 200_000)
for i := range many { many[i] = p }
fmt.Println("started")
runs := must(adex.SimulateBatch(ctx, many, adex.Step{I: 2000, Runtime: 10_000}, adex.Options{}))
""",
    "shell command": "!echo started && sleep 3600",
}


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS.keys())
def test_interrupt_stops_the_cell_and_keeps_state(fresh_kernel, cell):
    kernel = fresh_kernel
    kernel.run(SETUP).ok()
    request = kernel.send(cell)
    kernel.wait_for_text("started", request)
    kernel.interrupt()
    outcome = kernel.outcome(request)
    assert "interrupt" in outcome.error.lower()
    assert kernel.run("kept + 1").ok().value == "42"


def test_interrupt_stops_a_simulator_that_the_library_runs_on_its_own_goroutines(fresh_kernel):
    """And lets what an earlier cell has started go on."""
    kernel = fresh_kernel
    kernel.run(SETUP).ok()
    kernel.run(
        """
import ("math/rand/v2"; "sync/atomic"; "hillock/stdlib/sbi")
inf := must(sbi.NewNPE(sbi.BoxUniform([]float64{0}, []float64{1}, "a"), sbi.Options{Seed: 1, MaxEpochs: 2}))
var ticks atomic.Int64
go func() { for { ticks.Add(1); time.Sleep(time.Millisecond) } }()
"""
    ).ok()
    request = kernel.send(
        """
busy := sbi.SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
	fmt.Println("started")
	for { }
})
must(inf.Round(ctx, busy, 20))
"""
    )
    kernel.wait_for_text("started", request)
    began = time.monotonic()
    kernel.interrupt()
    outcome = kernel.outcome(request)
    assert "the cell was stopped" in outcome.error
    assert time.monotonic() - began < 4, "the reader is told after five seconds that it does not stop"
    assert kernel.run("kept + 1").ok().value == "42"
    kernel.run("before := ticks.Load()\nfor ticks.Load() < before + 3 { time.Sleep(time.Millisecond) }").ok()
    again = """
good := sbi.SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
	return []float64{theta[0] + rng.NormFloat64()}, nil
})
r := must(inf.Round(ctx, good, 100))
r.Simulations - r.Failed
"""
    assert kernel.run(again).ok().value == "100"


def test_interrupt_with_nothing_running_harms_nothing(fresh_kernel):
    fresh_kernel.run("idleKept := 7").ok()
    fresh_kernel.interrupt()
    assert fresh_kernel.run("idleKept").ok().value == "7"


def test_interrupt_ends_the_command_itself(fresh_kernel, tmp_path):
    """No process of a `!` command outlives the interrupt."""
    import psutil

    request = fresh_kernel.send(f"!echo started; sleep 3599; touch {tmp_path}/ran-on")
    fresh_kernel.wait_for_text("started", request)
    fresh_kernel.interrupt()
    assert fresh_kernel.outcome(request).status == "error"
    front = psutil.Process(fresh_kernel.manager.provisioner.process.pid)
    sleeping = [p for p in front.children(recursive=True) if "3599" in " ".join(p.cmdline()[:2])]
    assert psutil.wait_procs(sleeping, timeout=60)[1] == []
    assert not (tmp_path / "ran-on").exists()


def test_interrupt_of_a_runaway_print(fresh_kernel):
    request = fresh_kernel.send('import "fmt"\nfor i := 0; ; i++ { fmt.Println("line", i) }')
    fresh_kernel.wait_for_text("line", request)
    fresh_kernel.interrupt()
    assert "interrupt" in fresh_kernel.outcome(request).error.lower()
    assert fresh_kernel.run("1 + 1").ok().value == "2"


def test_interrupt_aborts_what_is_queued(fresh_kernel):
    fresh_kernel.run('import "fmt"').ok()
    first = fresh_kernel.send('fmt.Println("started")\nfor {}')
    second = fresh_kernel.send('fmt.Println("must not run")')
    fresh_kernel.ask("kernel_info_request", {})  # which comes behind the second cell
    fresh_kernel.wait_for_text("started", first)
    fresh_kernel.interrupt()
    assert fresh_kernel.outcome(first).status == "error"
    assert fresh_kernel.outcome(second).status == "aborted"
    assert fresh_kernel.run("1 + 1").ok().value == "2"


def test_what_cannot_be_stopped_is_said_and_a_second_interrupt_restarts(start_kernel):
    """Compiled code that ignores ctx: here a power modulo a large number, hours long."""
    kernel = start_kernel()
    kernel.run(SETUP).ok()
    request = kernel.send(
        """
import "math/big"
fmt.Println("started")
one := big.NewInt(1)
modulus := new(big.Int).Sub(new(big.Int).Lsh(one, 1<<17), one)
new(big.Int).Exp(big.NewInt(3), new(big.Int).Lsh(one, 1<<22), modulus)
"""
    )
    kernel.wait_for_text("started", request)
    kernel.interrupt()
    said = kernel.wait(lambda m: m["msg_type"] == "stream" and m["content"]["name"] == "stderr", request)
    assert "interrupt" in said["content"]["text"]
    kernel.interrupt()
    assert "variables" in kernel.outcome(request).error
    assert kernel.run("1 + 1").ok().value == "2"
    assert "undefined" in kernel.run("kept").error


def test_interrupt_request_is_answered_on_control(fresh_kernel):
    fresh_kernel.run('import "fmt"').ok()
    request = fresh_kernel.send('fmt.Println("started")\nfor {}')
    fresh_kernel.wait_for_text("started", request)
    answer = fresh_kernel.ask("interrupt_request", {}, channel="control")
    assert answer.reply["msg_type"] == "interrupt_reply"
    assert answer.status == "ok"
    assert "interrupt" in fresh_kernel.outcome(request).error.lower()
