"""History: tail, range, search and unique, kept on disk across sessions."""


def history(kernel, **wanted):
    content = {"output": False, "raw": True} | wanted
    return kernel.ask("history_request", content).content["history"]


def codes(entries):
    return [entry[2] for entry in entries]


def test_tail_range_and_search(start_kernel):
    kernel = start_kernel()
    for code in ("6 * 7", "alpha := 1", "6 * 7", "beta := 2"):
        kernel.run(code).ok()
    assert codes(history(kernel, hist_access_type="tail", n=2)) == ["6 * 7", "beta := 2"]
    assert codes(history(kernel, hist_access_type="range", session=0, start=1, stop=3)) == ["6 * 7", "alpha := 1"]
    assert codes(history(kernel, hist_access_type="search", pattern="6 + *")) == []
    assert "6 * 7" in codes(history(kernel, hist_access_type="search", pattern="6 * 7"))
    assert codes(history(kernel, hist_access_type="search", pattern="6 ?? *", unique=True)).count("6 * 7") <= 1
    unique = codes(history(kernel, hist_access_type="search", pattern="*", unique=True))
    assert len(unique) == len(set(unique))


def test_output_is_kept(start_kernel):
    kernel = start_kernel()
    kernel.run("6 * 7").ok()
    session, line, (code, output) = history(kernel, hist_access_type="tail", n=1, output=True)[0]
    assert code == "6 * 7"
    assert output == "42"


def test_silent_and_unstored_cells_are_not_kept(start_kernel):
    kernel = start_kernel()
    kernel.run("kept := 1").ok()
    kernel.run("unkept := 1", store_history=False).ok()
    kernel.run("hushed := 1", silent=True).ok()
    assert codes(history(kernel, hist_access_type="tail", n=1)) == ["kept := 1"]


def test_history_outlives_the_kernel(start_kernel):
    first = start_kernel()
    first.run("memorable := 1729").ok()
    session = history(first, hist_access_type="tail", n=1)[0][0]
    first.close()
    second = start_kernel()
    second.run("newer := 1").ok()
    entries = history(second, hist_access_type="tail", n=2)
    assert codes(entries) == ["memorable := 1729", "newer := 1"]
    assert entries[0][0] == session
    assert entries[1][0] > session
    assert codes(history(second, hist_access_type="range", session=session, start=1, stop=2)) == ["memorable := 1729"]
    assert codes(history(second, hist_access_type="range", session=-1, start=1, stop=2)) == ["memorable := 1729"]


def test_history_outlives_a_killed_kernel(start_kernel):
    import os
    import signal

    first = start_kernel()
    first.run("unforgettable := 4104").ok()
    os.kill(first.manager.provisioner.process.pid, signal.SIGKILL)
    second = start_kernel()
    assert "unforgettable := 4104" in codes(history(second, hist_access_type="tail", n=50))


def test_two_kernels_at_once_keep_apart(start_kernel):
    one, two = start_kernel(), start_kernel()
    one.run("mine := 1").ok()
    two.run("yours := 1").ok()
    one.run("mine = 2").ok()
    assert codes(history(one, hist_access_type="range", session=0, start=1, stop=None)) == ["mine := 1", "mine = 2"]
    assert codes(history(two, hist_access_type="range", session=0, start=1, stop=None)) == ["yours := 1"]
