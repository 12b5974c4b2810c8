"""Cells: what they show, how they fail, and what the execute_request's options do."""

import pytest

from harness import states


def test_the_trailing_expression_is_shown(kernel):
    assert kernel.run("6 * 7").ok().value == "42"
    assert kernel.run("x := 6 * 7").ok().value is None
    assert kernel.run("6 * 7;").ok().value is None


def test_state_lives_across_cells(kernel):
    kernel.run('import "strings"\ntype cellType struct{ Name string }\nvar c = cellType{"soma"}').ok()
    kernel.run("func (c cellType) Loud() string { return strings.ToUpper(c.Name) }").ok()
    assert kernel.run("c.Loud()").ok().value == '"SOMA"'


def test_a_refused_cell_changes_nothing(kernel):
    kernel.run('import "fmt"\nsteady := 1').ok()
    outcome = kernel.run('fmt.Println("must not run")\nsteady = 2\nvar n int = "text"')
    assert outcome.stdout == ""
    assert "cannot use" in outcome.error
    assert kernel.run("steady").ok().value == "1"


def test_a_compile_error_names_cell_and_line(kernel):
    outcome = kernel.run("a := 1\nb := a +\n\tundefinedName\n")
    count = outcome.content["execution_count"]
    assert f"cell[{count}]:3" in outcome.error
    assert "undefined: undefinedName" in outcome.error


def test_a_panic_shows_the_persons_own_frames(kernel):
    defined = kernel.run("func inner(i int) int {\n\tvar s []int\n\treturn s[i]\n}").ok()
    outcome = kernel.run("y := 1\nfunc() {\n\tinner(5)\n}()")
    assert "index out of range" in outcome.error
    assert f"cell[{defined.content['execution_count']}]:3" in outcome.error
    assert f"cell[{outcome.content['execution_count']}]:3" in outcome.error
    for foreign in ("yaegi", "reflect.", "hillock/kernel", "runtime/"):
        assert foreign not in outcome.error
    assert kernel.run("1").ok().value == "1"


def test_must_ends_the_cell_with_the_error(kernel):
    outcome = kernel.run('import ("fmt"; "os")\nmust(os.ReadFile("no/such/file"))\nfmt.Println("not reached")')
    assert "no such file" in outcome.error or "cannot find" in outcome.error
    assert outcome.stdout == ""


def test_a_trailing_call_with_an_error(kernel):
    kernel.run('import ("errors"; "strconv")').ok()
    assert kernel.run('strconv.Atoi("12")').ok().value == "12"
    assert "invalid syntax" in kernel.run('strconv.Atoi("twelve")').error


@pytest.mark.parametrize(
    "cell, value",
    [
        ("func largest[T int | float64](v ...T) T { m := v[0]; for _, x := range v { m = max(m, x) }; return m }\nlargest(2, 9, 4)", "9"),
        ("n := 0\nfor i := range 5 { n += i }\nn", "10"),
        ("var fs []func() int\nfor i := 0; i < 3; i++ { fs = append(fs, func() int { return i }) }\nfs[0]() + fs[1]() + fs[2]()", "3"),
        ('import ("slices"; "maps")\nslices.Sorted(maps.Keys(map[int]bool{3: true, 1: true}))[0]', "1"),
        ("total := 0\nfor v := range func(yield func(int) bool) { for i := 1; yield(i); i++ {} } { if v > 4 { break }; total += v }\ntotal", "10"),
        ('import "sync/atomic"\nvar counter atomic.Int64\ncounter.Add(3)\ncounter.Load()', "3"),
    ],
    ids=["generics", "range over int", "loop variables", "slices and maps", "range over func", "atomic types"],
)
def test_todays_go(kernel, cell, value):
    assert kernel.run(cell).ok().value == value


def test_execution_counts(kernel):
    first = kernel.run("1").content["execution_count"]
    assert kernel.run("2").content["execution_count"] == first + 1
    kernel.run("3", silent=True).ok()
    kernel.run("4", store_history=False).ok()
    assert kernel.run("5").content["execution_count"] == first + 2


def test_silent_shows_nothing(kernel):
    outcome = kernel.run("quiet := 5\nquiet", silent=True).ok()
    assert states(outcome.messages) == ["busy", "idle"]
    assert kernel.run("quiet").ok().value == "5"


def test_an_empty_cell(kernel):
    for code in ("", "   \n\t", "// only a remark"):
        outcome = kernel.run(code).ok()
        assert outcome.value is None


def test_user_expressions(kernel):
    outcome = kernel.run("base := 20", user_expressions={"good": "base + 1", "bad": "base + missing"}).ok()
    good, bad = (outcome.content["user_expressions"][k] for k in ("good", "bad"))
    assert good["status"] == "ok"
    assert good["data"]["text/plain"] == "21"
    assert isinstance(good["metadata"], dict)
    assert bad["status"] == "error"
    assert "undefined: missing" in bad["evalue"]
    assert {"ename", "evalue", "traceback"} <= bad.keys()


def test_an_error_aborts_the_queue(kernel):
    kernel.run('import "time"').ok()
    requests = [
        kernel.send('time.Sleep(300 * time.Millisecond)\npanic("stop")'),
        kernel.send('println("must not run")'),
        kernel.send("1 + 1"),
    ]
    outcomes = [kernel.outcome(r) for r in requests]
    assert [o.status for o in outcomes] == ["error", "aborted", "aborted"]
    assert all(states(o.messages) == ["busy", "idle"] for o in outcomes[1:])
    assert kernel.run("1 + 1").ok().value == "2"


def test_stop_on_error_false_lets_the_queue_run(kernel):
    kernel.run('import "time"').ok()
    requests = [
        kernel.send('time.Sleep(300 * time.Millisecond)\npanic("go on")', stop_on_error=False),
        kernel.send("1 + 1"),
    ]
    outcomes = [kernel.outcome(r) for r in requests]
    assert [o.status for o in outcomes] == ["error", "ok"]


def test_other_requests_are_served_though_the_queue_is_aborted(kernel):
    kernel.run('import "time"').ok()
    failing = kernel.send('time.Sleep(300 * time.Millisecond)\npanic("stop")')
    asked = kernel.request("kernel_info_request", {})
    assert kernel.outcome(failing).status == "error"
    assert kernel.outcome(asked).status == "ok"


@pytest.mark.parametrize(
    "cell",
    ["%help", "%vars", "%env", "%time 1 + 1", "%timeit 1 + 1", "%doc fmt.Println", "fmt.Println?"],
)
def test_magics(kernel, cell):
    kernel.run('import "fmt"\nseen := 3').ok()
    outcome = kernel.run(cell).ok()
    shown = outcome.stdout + (outcome.value or "") + str(outcome.displays) + str(outcome.content["payload"])
    assert {
        "%help": "%timeit",
        "%vars": "seen",
        "%env": "PATH",
        "%time 1 + 1": "2",
        "%timeit 1 + 1": "s",
        "%doc fmt.Println": "Println formats",
        "fmt.Println?": "Println formats",
    }[cell] in shown


def test_an_unknown_magic_says_so(kernel):
    assert "%levitate" in kernel.run("%levitate").error


def test_reset_forgets(kernel):
    kernel.run("forgotten := 1").ok()
    kernel.run("%reset").ok()
    assert "undefined: forgotten" in kernel.run("forgotten").error


def test_env_and_cd_change_the_cells_world(kernel, tmp_path):
    kernel.run("%env HILLOCK_TEST_VALUE=dendrite").ok()
    assert kernel.run('import "os"\nos.Getenv("HILLOCK_TEST_VALUE")').ok().value == '"dendrite"'
    assert "dendrite" in kernel.run("!echo $HILLOCK_TEST_VALUE").ok().stdout
    kernel.run(f"%cd {tmp_path}").ok()
    assert str(tmp_path) in kernel.run("must(os.Getwd())").ok().value


def test_shell_commands_stream_and_fail(kernel):
    outcome = kernel.run("!echo out; echo err >&2").ok()
    assert outcome.stdout == "out\n"
    assert outcome.stderr == "err\n"
    assert "3" in kernel.run("!exit 3").error
