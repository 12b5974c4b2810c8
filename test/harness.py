"""A Jupyter client for the tests: it starts a kernel, sends requests over real
sockets, and keeps every message, so that a test can ask what a cell caused."""

from __future__ import annotations

import json
import os
import queue
import time
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

# A guard against hanging for ever, far beyond what any request needs.
HANG = float(os.environ.get("HILLOCK_HANG", 120))


@dataclass
class Outcome:
    """What one request caused: its reply and its messages on iopub, in order."""

    reply: dict
    messages: list[dict] = field(default_factory=list)

    @property
    def content(self) -> dict:
        return self.reply["content"]

    @property
    def status(self) -> str:
        return self.content["status"]

    def of_type(self, kind: str) -> list[dict]:
        return [m["content"] for m in self.messages if m["msg_type"] == kind]

    def stream(self, name: str) -> str:
        return "".join(c["text"] for c in self.of_type("stream") if c["name"] == name)

    @property
    def stdout(self) -> str:
        return self.stream("stdout")

    @property
    def stderr(self) -> str:
        return self.stream("stderr")

    @property
    def value(self) -> str | None:
        """The plain text of the execute_result."""
        results = self.of_type("execute_result")
        assert len(results) <= 1, results
        return results[0]["data"]["text/plain"] if results else None

    @property
    def displays(self) -> list[dict]:
        return self.of_type("display_data")

    @property
    def error(self) -> str:
        """Name and value of the error, and its traceback without colours."""
        assert self.status == "error", self.reply
        errors = self.of_type("error")
        assert len(errors) == 1, self.messages
        for key in ("ename", "evalue", "traceback"):
            assert errors[0][key] == self.content[key], key
        return plain(errors[0])

    def ok(self) -> Outcome:
        assert self.status == "ok", plain(self.content)
        return self


def plain(error: dict) -> str:
    """An error's text without ANSI colours."""
    import re

    lines = [error.get("ename", ""), error.get("evalue", ""), *error.get("traceback", [])]
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines))


class Kernel:
    """A running kernel and one client of it."""

    def __init__(self, name: str, env: dict[str, str] | None = None, cwd: Path | None = None):
        self.manager = KernelManager(kernel_name=name)
        extra = {"cwd": str(cwd)} if cwd else {}
        if env is not None:
            extra["env"] = env
        self.manager.start_kernel(**extra)
        self.client: BlockingKernelClient = self.manager.client()
        self.iopub: list[dict] = []
        self.replies: dict[str, dict] = {}
        self.client.start_channels()
        self.client.wait_for_ready(timeout=HANG)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    # -- requests -----------------------------------------------------------

    def send(self, code: str, **options) -> str:
        """Sends an execute_request and does not wait. Returns its msg_id."""
        return self.client.execute(code, **options)

    def run(self, code: str, **options) -> Outcome:
        """Runs a cell and waits until the kernel is idle again."""
        return self.outcome(self.send(code, **options))

    def request(self, kind: str, content: dict, channel: str = "shell") -> str:
        """Sends any request and does not wait. Returns its msg_id."""
        message = self.client.session.msg(kind, content)
        getattr(self.client, channel + "_channel").send(message)
        return message["header"]["msg_id"]

    def ask(self, kind: str, content: dict, channel: str = "shell") -> Outcome:
        return self.outcome(self.request(kind, content, channel), channel)

    def complete(self, code: str, cursor: int | None = None) -> dict:
        position = len(code) if cursor is None else cursor
        return self.ask("complete_request", {"code": code, "cursor_pos": position}).content

    def inspect(self, code: str, cursor: int | None = None, detail: int = 0) -> dict:
        position = len(code) if cursor is None else cursor
        content = {"code": code, "cursor_pos": position, "detail_level": detail}
        return self.ask("inspect_request", content).content

    def interrupt(self) -> None:
        """Interrupts as a front end does: by message or signal, as the kernelspec says."""
        self.manager.interrupt_kernel()

    # -- what came back -----------------------------------------------------

    def outcome(self, msg_id: str, channel: str = "shell") -> Outcome:
        """Waits for the reply to a request and for idle."""
        reply = self.reply(msg_id, channel)
        self.wait(is_idle, msg_id)
        return Outcome(reply, self.caused_by(msg_id))

    def reply(self, msg_id: str, channel: str = "shell") -> dict:
        end = time.monotonic() + HANG
        while msg_id not in self.replies:
            left = end - time.monotonic()
            assert left > 0, f"no reply to {msg_id}; iopub: {self.describe()}"
            assert self.manager.is_alive(), f"the kernel's process has ended; iopub: {self.describe()}"
            try:
                message = getattr(self.client, channel + "_channel").get_msg(timeout=min(left, 1))
            except queue.Empty:
                self.drain()
                continue
            self.replies[message["parent_header"]["msg_id"]] = message
        return self.replies[msg_id]

    def wait(self, wanted, msg_id: str | None = None) -> dict:
        """Waits for an iopub message for which wanted is true. With msg_id it is one
        that this request causes before the kernel is idle again."""
        seen = 0
        end = time.monotonic() + HANG
        while True:
            for message in self.iopub[seen:]:
                if msg_id in (None, message["parent_header"].get("msg_id")) and wanted(message):
                    return message
                if msg_id is not None and message["parent_header"].get("msg_id") == msg_id and is_idle(message):
                    raise AssertionError(f"the request ended without it; iopub: {self.describe()}")
            seen = len(self.iopub)
            left = end - time.monotonic()
            assert left > 0, f"waited in vain; iopub: {self.describe()}"
            try:
                self.iopub.append(self.client.get_iopub_msg(timeout=left))
            except queue.Empty:
                pass

    def wait_for_text(self, text: str, msg_id: str | None = None) -> dict:
        """Waits until text was printed; returns the stream message that holds it."""
        return self.wait(lambda m: m["msg_type"] == "stream" and text in m["content"]["text"], msg_id)

    def input_request(self) -> dict:
        """Waits for the kernel to ask for input."""
        return self.client.get_stdin_msg(timeout=HANG)

    def caused_by(self, msg_id: str) -> list[dict]:
        return [m for m in self.iopub if m["parent_header"].get("msg_id") == msg_id]

    def drain(self) -> None:
        """Takes the iopub messages that have already arrived."""
        while True:
            try:
                self.iopub.append(self.client.get_iopub_msg(timeout=0))
            except queue.Empty:
                return

    def describe(self) -> str:
        return json.dumps(
            [
                {k: m[k] for k in ("msg_type", "content")} | {"parent": m["parent_header"].get("msg_id")}
                for m in self.iopub[-20:]
            ],
            default=str,
        )[:4000]


def is_idle(message: dict) -> bool:
    return message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"


def states(messages: list[dict]) -> list[str]:
    """The message types in order, with status spelled out as busy or idle."""
    return [
        m["content"]["execution_state"] if m["msg_type"] == "status" else m["msg_type"] for m in messages
    ]
