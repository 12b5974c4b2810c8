"""Measures Jupyter kernels side by side: one raw ZeroMQ client for all of them,
fresh processes taken in turns, medians.

    python kernels.py HILLOCK_BINARY

Prints a JSON list of {name, unit, ours, peer, peer_name}. The peer is the
ipykernel of the Python that runs this script.
"""

import datetime
import hashlib
import hmac
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

import psutil
import zmq

STARTS = 11  # fresh kernels of each kind
CELLS = 200  # trivial cells in a running kernel
PRINTS = 7  # cells that print LINES lines
COMPLETIONS = 100
INTERRUPTS = 15
LINES = 100_000

KERNELS = {
    "ours": {
        "argv": lambda hillock, connection: [hillock, "kernel", connection],
        "print": 'import "fmt"\nfmt.Println("hello")',
        "trivial": "1 + 1",
        "lines": f"for i := range {LINES} {{ fmt.Println(i) }}",
        "completion": ('import "strings"', "strings.EqualF", "EqualFold"),
        "loop": 'fmt.Println("started")\nfor { }',
    },
    "peer": {
        "argv": lambda hillock, connection: [sys.executable, "-m", "ipykernel_launcher", "-f", connection],
        "print": 'print("hello")',
        "trivial": "1 + 1",
        "lines": f"for i in range({LINES}): print(i)",
        "completion": ("import json", "json.JSONDecodeE", "JSONDecodeError"),
        "loop": 'print("started")\nwhile True: pass',
    },
}

PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")


def free_ports(count):
    """Ports that nothing listens on just now."""
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Kernel:
    """A fresh kernel, measured from the start of its process."""

    def __init__(self, argv, hillock, folder):
        self.key = uuid.uuid4().hex.encode()
        ports = dict(zip(PORTS, free_ports(len(PORTS))))
        path = os.path.join(folder, f"{uuid.uuid4().hex}.json")
        with open(path, "w") as f:
            json.dump(
                ports
                | {
                    "ip": "127.0.0.1",
                    "transport": "tcp",
                    "key": self.key.decode(),
                    "signature_scheme": "hmac-sha256",
                    "kernel_name": "measured",
                },
                f,
            )
        self.shell = self.connect(zmq.DEALER, ports["shell_port"])
        self.iopub = self.connect(zmq.SUB, ports["iopub_port"])
        self.iopub.subscribe(b"")
        began = time.perf_counter()
        self.process = subprocess.Popen(
            argv(hillock, path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
        )
        self.request("kernel_info_request", {})
        self.reply()
        self.start = time.perf_counter() - began
        self.wait_for_iopub()

    def connect(self, kind, port):
        s = zmq.Context.instance().socket(kind)
        s.linger = 0
        s.rcvhwm = 0
        s.reconnect_ivl = 1  # ms: the kernel is not waited for longer than it takes
        s.connect(f"tcp://127.0.0.1:{port}")
        return s

    def wait_for_iopub(self):
        """Asks until the subscription has reached the kernel, then takes what is under way."""
        while True:
            self.request("kernel_info_request", {})
            self.reply()
            if self.iopub.poll(50):
                break
        while self.iopub.poll(200):
            self.iopub.recv_multipart()

    def request(self, kind, content):
        header = {
            "msg_id": uuid.uuid4().hex,
            "session": "bench",
            "username": "bench",
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(),
            "msg_type": kind,
            "version": "5.4",
        }
        parts = [json.dumps(p).encode() for p in (header, {}, {}, content)]
        mac = hmac.new(self.key, b"".join(parts), hashlib.sha256).hexdigest().encode()
        self.shell.send_multipart([b"<IDS|MSG>", mac, *parts])
        return header["msg_id"]

    def receive(self, s):
        if not s.poll(120_000):
            raise TimeoutError("the kernel does not answer")
        frames = s.recv_multipart()
        start = frames.index(b"<IDS|MSG>")
        return [json.loads(f) for f in frames[start + 2 : start + 6]]

    def reply(self):
        return self.receive(self.shell)

    def send_cell(self, code):
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        return self.request("execute_request", content)

    def until(self, request, kind, value):
        """Takes iopub messages until one of a request has the value; gives what was printed."""
        text = []
        while True:
            header, parent, _, content = self.receive(self.iopub)
            if parent.get("msg_id") != request:
                continue
            if header["msg_type"] == "stream":
                text.append(content["text"])
            if header["msg_type"] == kind and value in content.values():
                return "".join(text)

    def execute(self, code):
        """Runs a cell; gives the seconds until both reply and idle, and what it printed."""
        began = time.perf_counter()
        request = self.send_cell(code)
        text = self.until(request, "status", "idle")
        answer = self.reply()[3]
        took = time.perf_counter() - began
        if answer["status"] != "ok":
            raise RuntimeError(f"{code!r}: {answer}")
        return took, text

    def interrupt(self, loop):
        """Interrupts an endless loop by SIGINT; gives the seconds until both reply and idle."""
        request = self.send_cell(loop)
        self.until(request, "stream", "started\n")
        time.sleep(0.05)
        began = time.perf_counter()
        self.process.send_signal(signal.SIGINT)
        self.until(request, "status", "idle")
        answer = self.reply()[3]
        took = time.perf_counter() - began
        if answer["status"] != "error":
            raise RuntimeError(f"an interrupted loop ended so: {answer}")
        return took

    def complete(self, code, wanted):
        began = time.perf_counter()
        self.request("complete_request", {"code": code, "cursor_pos": len(code)})
        answer = self.reply()[3]
        took = time.perf_counter() - began
        if not any(wanted in m for m in answer["matches"]):
            raise RuntimeError(f"{code!r}: {answer}")
        return took

    def memory(self):
        """The resident bytes of all its processes."""
        front = psutil.Process(self.process.pid)
        return sum(p.memory_info().rss for p in [front, *front.children(recursive=True)])

    def close(self):
        front = psutil.Process(self.process.pid)
        family = [front, *front.children(recursive=True)]
        for p in family:
            try:
                p.kill()
            except psutil.NoSuchProcess:
                pass
        self.process.wait()
        psutil.wait_procs(family, timeout=10)
        self.shell.close()
        self.iopub.close()


def measure(hillock):
    samples = {}

    def note(name, unit, who, value):
        samples.setdefault((name, unit), {}).setdefault(who, []).append(value)

    with tempfile.TemporaryDirectory() as folder:
        for _ in range(STARTS):
            for who, kind in KERNELS.items():
                kernel = Kernel(kind["argv"], hillock, folder)
                note("kernel/start", "ms", who, kernel.start * 1e3)
                note("kernel/memory-after-start", "MB", who, kernel.memory() / 1e6)
                note("kernel/first-print", "ms", who, kernel.execute(kind["print"])[0] * 1e3)
                kernel.close()
        for who, kind in KERNELS.items():
            kernel = Kernel(kind["argv"], hillock, folder)
            kernel.execute(kind["print"])
            for _ in range(CELLS):
                note("kernel/trivial-cell", "ms", who, kernel.execute(kind["trivial"])[0] * 1e3)
            setup, code, wanted = kind["completion"]
            kernel.execute(setup)
            kernel.complete(code, wanted)
            for _ in range(COMPLETIONS):
                note("kernel/completion", "ms", who, kernel.complete(code, wanted) * 1e3)
            for _ in range(INTERRUPTS):
                note("kernel/interrupt-loop", "ms", who, kernel.interrupt(kind["loop"]) * 1e3)
            for _ in range(PRINTS):
                took, text = kernel.execute(kind["lines"])
                if text != "".join(f"{i}\n" for i in range(LINES)):
                    raise RuntimeError(f"{who} lost lines")
                note(f"kernel/print-{LINES}-lines", "ms", who, took * 1e3)
            kernel.close()
    return [
        {
            "name": name,
            "unit": unit,
            "ours": round(statistics.median(values["ours"]), 3),
            "peer": round(statistics.median(values["peer"]), 3),
            "peer_name": "ipykernel",
        }
        for (name, unit), values in samples.items()
    ]


if __name__ == "__main__":
    import ipykernel

    results = measure(os.path.abspath(sys.argv[1]))
    for r in results:
        r["peer_name"] += " " + ipykernel.__version__
    print(json.dumps(results))
