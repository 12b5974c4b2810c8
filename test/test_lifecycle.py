"""Start, restart, shutdown, and the kernelspec."""

import json
import os
import signal
import subprocess

import psutil

from harness import HANG, Kernel


def test_the_kernelspec(kernel_name, jupyter_home, hillock):
    folder = jupyter_home / "data" / "kernels" / kernel_name
    spec = json.loads((folder / "kernel.json").read_text())
    assert os.path.samefile(spec["argv"][0], hillock)
    assert spec["argv"][1:] == ["kernel", "{connection_file}"]
    assert spec["language"] == "go"
    assert spec["display_name"]
    assert spec["interrupt_mode"] in ("message", "signal")
    for logo in ("logo-32x32.png", "logo-64x64.png", "logo-svg.svg"):
        assert (folder / logo).stat().st_size > 0


def test_install_and_uninstall_under_a_prefix(hillock, tmp_path):
    subprocess.run([str(hillock), "install", "--prefix", str(tmp_path)], check=True)
    found = list(tmp_path.glob("share/jupyter/kernels/*/kernel.json"))
    assert len(found) == 1
    subprocess.run([str(hillock), "uninstall", "--prefix", str(tmp_path)], check=True)
    assert not found[0].parent.exists()


def test_shutdown_ends_all_processes(kernel_name):
    kernel = Kernel(kernel_name)
    front = psutil.Process(kernel.manager.provisioner.process.pid)
    family = [front, *front.children(recursive=True)]
    reply = kernel.ask("shutdown_request", {"restart": False}, "control")
    assert reply.reply["msg_type"] == "shutdown_reply"
    assert reply.content["restart"] is False
    kernel.manager.provisioner.process.wait(HANG)
    assert psutil.wait_procs(family, timeout=HANG)[1] == []
    assert kernel.manager.provisioner.process.returncode == 0
    kernel.client.stop_channels()
    kernel.manager.cleanup_resources()


def test_shutdown_while_a_cell_runs(kernel_name):
    kernel = Kernel(kernel_name)
    front = psutil.Process(kernel.manager.provisioner.process.pid)
    request = kernel.send('import "fmt"\nfmt.Println("started")\nselect {}')
    kernel.wait_for_text("started", request)
    family = [front, *front.children(recursive=True)]
    kernel.request("shutdown_request", {"restart": False}, "control")
    kernel.manager.provisioner.process.wait(HANG)
    assert psutil.wait_procs(family, timeout=HANG)[1] == []
    kernel.client.stop_channels()
    kernel.manager.cleanup_resources()


def test_restart_gives_a_fresh_interpreter(start_kernel):
    kernel = start_kernel()
    kernel.run("gone := 1").ok()
    kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=HANG)
    assert "undefined: gone" in kernel.run("gone").error
    assert kernel.run("2").content["execution_count"] == 2


def test_sigint_interrupts(start_kernel):
    """A SIGINT to the front process does what an interrupt_request does."""
    kernel = start_kernel()
    kernel.run("kept := 5").ok()
    request = kernel.send('import "fmt"\nfmt.Println("started")\nfor {}')
    kernel.wait_for_text("started", request)
    os.kill(kernel.manager.provisioner.process.pid, signal.SIGINT)
    assert "interrupt" in kernel.outcome(request).error.lower()
    assert kernel.run("kept").ok().value == "5"


def test_the_kernel_starts_in_the_notebooks_folder(start_kernel, tmp_path):
    kernel = start_kernel(cwd=tmp_path)
    (tmp_path / "data.txt").write_text("traces")
    assert kernel.run('import "os"\nstring(must(os.ReadFile("data.txt")))').ok().value == '"traces"'


def test_the_connection_file_of_the_dead_is_refused(hillock, tmp_path):
    missing = subprocess.run([str(hillock), "kernel", str(tmp_path / "none.json")], capture_output=True, text=True)
    assert missing.returncode != 0
    assert "none.json" in missing.stderr
