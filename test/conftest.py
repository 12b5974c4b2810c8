"""Fixtures: the binary, its kernelspec in a Jupyter data folder of its own, and
kernels to talk to. A skipped test counts as failed: what can't be tested here
is left out by scripts/test, which says so."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from harness import Kernel

ROOT = Path(__file__).resolve().parent.parent


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which counts as failed: {report.longrepr}"


def pytest_sessionfinish(session):
    """Writes "PASSED FAILED" into the file that HILLOCK_COUNTS names."""
    if "HILLOCK_COUNTS" in os.environ:
        reports = session.config.pluginmanager.get_plugin("terminalreporter").stats
        passed = len(reports.get("passed", []))
        failed = len(reports.get("failed", [])) + len(reports.get("error", []))
        if session.exitstatus not in (0, 1):
            failed += 1  # interrupted, or nothing was collected
        Path(os.environ["HILLOCK_COUNTS"]).write_text(f"{passed} {failed}\n")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def hillock(tmp_path_factory) -> Path:
    """The binary: the one named by HILLOCK, or a fresh build."""
    if "HILLOCK" in os.environ:
        return Path(os.environ["HILLOCK"])
    binary = tmp_path_factory.mktemp("bin") / ("hillock.exe" if os.name == "nt" else "hillock")
    env = os.environ | {"CGO_ENABLED": "0"}
    subprocess.run(
        ["go", "build", "-trimpath", "-ldflags=-s -w", "-o", str(binary), "."], cwd=ROOT, env=env, check=True
    )
    return binary


@pytest.fixture(scope="session", autouse=True)
def jupyter_home(tmp_path_factory) -> Path:
    """Jupyter's data, configuration and runtime folders, apart from the person's own."""
    home = tmp_path_factory.mktemp("jupyter")
    for name in ("DATA", "CONFIG", "RUNTIME"):
        folder = home / name.lower()
        folder.mkdir()
        os.environ[f"JUPYTER_{name}_DIR"] = str(folder)
    os.environ["IPYTHONDIR"] = str(home / "ipython")
    os.environ.pop("JUPYTER_PATH", None)
    return home


@pytest.fixture(scope="session")
def kernel_name(hillock, jupyter_home) -> str:
    """The name of the kernelspec that `hillock install --user` writes."""
    subprocess.run([str(hillock), "install", "--user"], check=True)
    installed = sorted(p.name for p in (jupyter_home / "data" / "kernels").iterdir())
    assert len(installed) == 1, installed
    assert installed[0] in KernelSpecManager().find_kernel_specs()
    return installed[0]


@pytest.fixture(scope="module")
def kernel(kernel_name):
    """A kernel shared by the tests of a file."""
    with Kernel(kernel_name) as k:
        yield k


@pytest.fixture
def fresh_kernel(kernel_name):
    """A kernel of the test's own."""
    with Kernel(kernel_name) as k:
        yield k


@pytest.fixture
def start_kernel(kernel_name):
    """Starts any number of kernels, with environment and folder as wanted."""
    kernels = []

    def start(**options) -> Kernel:
        kernels.append(Kernel(kernel_name, **options))
        return kernels[-1]

    yield start
    for k in kernels:
        k.close()
