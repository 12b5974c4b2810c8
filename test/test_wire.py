"""What reaches the kernel's sockets: signatures, frames, replays, unknown
messages. Whatever is wrong is dropped and never stops the kernel."""

import hashlib
import hmac
import json
import uuid

import pytest
import zmq

from harness import HANG, is_idle, states

DELIMITER = b"<IDS|MSG>"


class RawClient:
    """A client that sends the frames it is told to."""

    def __init__(self, manager):
        info = manager.get_connection_info()
        self.key = info["key"] if isinstance(info["key"], bytes) else info["key"].encode()
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.identity = uuid.uuid4().hex.encode()
        self.socket.connect(f"{info['transport']}://{info['ip']}:{info['shell_port']}")

    def sign(self, parts) -> bytes:
        mac = hmac.new(self.key, digestmod=hashlib.sha256)
        for part in parts:
            mac.update(part)
        return mac.hexdigest().encode()

    def parts(self, kind, content, **header) -> list[bytes]:
        full = {
            "msg_id": uuid.uuid4().hex,
            "session": "raw",
            "username": "test",
            "date": "2026-01-01T00:00:00Z",
            "msg_type": kind,
            "version": "5.4",
        } | header
        return [json.dumps(p).encode() for p in (full, {}, {}, content)]

    def send(self, *frames: bytes) -> None:
        self.socket.send_multipart(frames)

    def send_signed(self, parts, buffers=()) -> None:
        self.send(DELIMITER, self.sign(parts), *parts, *buffers)

    def receive(self) -> dict:
        assert self.socket.poll(HANG * 1000), "no reply"
        frames = self.socket.recv_multipart()
        start = frames.index(DELIMITER)
        assert frames[start + 1] == self.sign(frames[start + 2 : start + 6]), "the reply's signature is wrong"
        header, parent, metadata, content = (json.loads(f) for f in frames[start + 2 : start + 6])
        return {"header": header, "parent": parent, "metadata": metadata, "content": content}

    def close(self):
        self.socket.close()


@pytest.fixture
def raw(kernel):
    client = RawClient(kernel.manager)
    yield client
    client.close()


def execute(code):
    return {
        "code": code,
        "silent": False,
        "store_history": False,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": True,
    }


def assert_next_reply_is_to_kernel_info(raw):
    """The next thing this client hears is the answer to what it asks now."""
    parts = raw.parts("kernel_info_request", {})
    raw.send_signed(parts)
    reply = raw.receive()
    assert reply["parent"]["msg_id"] == json.loads(parts[0])["msg_id"], reply
    assert reply["header"]["msg_type"] == "kernel_info_reply"
    assert reply["content"]["status"] == "ok"


def test_a_signed_message_is_answered(raw):
    assert_next_reply_is_to_kernel_info(raw)


def test_a_wrong_signature_is_dropped(raw, kernel):
    parts = raw.parts("execute_request", execute('println("forged")'))
    raw.send(DELIMITER, b"0" * 64, *parts)
    raw.send(DELIMITER, b"", *parts)
    raw.send(DELIMITER, raw.sign(parts)[:-1], *parts)
    assert_next_reply_is_to_kernel_info(raw)
    kernel.run("1").ok()
    assert kernel.caused_by(json.loads(parts[0])["msg_id"]) == []


MALFORMED = {
    "nothing": lambda raw: [b""],
    "no delimiter": lambda raw: raw.parts("kernel_info_request", {}),
    "nothing after the delimiter": lambda raw: [DELIMITER],
    "a signature alone": lambda raw: [DELIMITER, raw.sign([])],
    "three parts": lambda raw: [DELIMITER, raw.sign(raw.parts("x", {})[:3]), *raw.parts("x", {})[:3]],
    "no JSON": lambda raw: signed(raw, [b"{", b"}", b"nil", b"\xff\xfe"]),
    "a header that is a list": lambda raw: signed(raw, [b"[]", b"{}", b"{}", b"{}"]),
    "a header with numbers": lambda raw: signed(raw, [b'{"msg_id": 1, "msg_type": 2}', b"{}", b"{}", b"{}"]),
    "an empty header": lambda raw: signed(raw, [b"{}", b"{}", b"{}", b"{}"]),
    "deep JSON": lambda raw: signed(raw, [b"[" * 100_000, b"{}", b"{}", b"{}"]),
}


def signed(raw, parts):
    return [DELIMITER, raw.sign(parts), *parts]


@pytest.mark.parametrize("frames", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_frames_are_dropped(raw, frames):
    raw.send(*frames(raw))
    assert_next_reply_is_to_kernel_info(raw)


def test_content_of_the_wrong_shape_does_not_stop_the_kernel(raw):
    for kind, content in [
        ("execute_request", {"code": 5}),
        ("execute_request", []),
        ("execute_request", None),
        ("complete_request", {"code": "x", "cursor_pos": "far"}),
        ("complete_request", {"code": "x", "cursor_pos": 10**9}),
        ("complete_request", {"code": "x", "cursor_pos": -5}),
        ("inspect_request", {"code": "", "cursor_pos": 1}),
        ("history_request", {"hist_access_type": "sideways"}),
        ("is_complete_request", {}),
        ("comm_open", {"comm_id": 3}),
    ]:
        raw.send_signed(raw.parts(kind, content))
    parts = raw.parts("kernel_info_request", {})
    raw.send_signed(parts)
    while (reply := raw.receive())["parent"]["msg_id"] != json.loads(parts[0])["msg_id"]:
        assert reply["header"]["msg_type"].endswith("_reply")
    assert reply["content"]["status"] == "ok"


def test_a_replayed_message_is_dropped(raw, kernel):
    kernel.run("replayed := 0").ok()
    parts = raw.parts("execute_request", execute("replayed++"))
    raw.send_signed(parts)
    raw.send_signed(parts)
    assert raw.receive()["content"]["status"] == "ok"
    assert_next_reply_is_to_kernel_info(raw)
    assert kernel.run("replayed").ok().value == "1"


@pytest.mark.parametrize("channel", ["shell", "control"])
def test_an_unknown_request_is_busy_then_idle(kernel, channel):
    request = kernel.request("divine_request", {"question": "why"}, channel)
    kernel.wait(is_idle, request)
    assert states(kernel.caused_by(request)) == ["busy", "idle"]
    assert kernel.run("1").ok().value == "1"


@pytest.mark.parametrize("channel", ["shell", "control"])
def test_every_known_request_is_busy_then_idle(kernel, channel):
    outcome = kernel.ask("kernel_info_request", {}, channel)
    assert states(outcome.messages) == ["busy", "idle"]


def test_execute_messages_come_in_order(kernel):
    outcome = kernel.run('import "fmt"\nfmt.Println("out")\n7').ok()
    assert states(outcome.messages) == ["busy", "execute_input", "stream", "execute_result", "idle"]


def test_kernel_info(kernel):
    info = kernel.ask("kernel_info_request", {}).content
    assert info["protocol_version"] in ("5.4", "5.5")
    assert info["implementation"] == "hillock"
    language = info["language_info"]
    assert language["name"] == "go"
    assert language["version"][0].isdigit()
    assert language["mimetype"] == "text/x-go"
    assert language["file_extension"] == ".go"
    assert language["codemirror_mode"] == "go"
    assert language["pygments_lexer"] == "go"
    assert language["nbconvert_exporter"] == "script"


def test_each_client_hears_only_its_own_replies(kernel, raw):
    """Two clients with sessions of their own: no reply is lost or misdirected,
    and every message on iopub carries the kernel's session, not a client's."""
    parts = raw.parts("execute_request", execute("11 * 2"))
    raw.send_signed(parts)
    outcome = kernel.run("11 * 3").ok()
    assert outcome.value == "33"
    reply = raw.receive()
    assert reply["parent"]["session"] == "raw"
    assert reply["content"]["status"] == "ok"
    sessions = {m["header"]["session"] for m in kernel.iopub}
    assert len(sessions) == 1
    assert sessions.isdisjoint({"raw", kernel.client.session.session})
    seen = kernel.wait(lambda m: m["msg_type"] == "execute_result", json.loads(parts[0])["msg_id"])
    assert seen["content"]["data"]["text/plain"] == "22"


def test_iopub_topics_name_the_message_type(kernel):
    info = kernel.manager.get_connection_info()
    socket = zmq.Context.instance().socket(zmq.SUB)
    socket.linger = 0
    socket.subscribe(b"")
    socket.connect(f"{info['transport']}://{info['ip']}:{info['iopub_port']}")
    topics = {}
    # A new subscription takes a moment to reach the publisher: ask until heard.
    while not socket.poll(200):
        kernel.run('import "fmt"; fmt.Println("topic")').ok()
    kernel.run('import "fmt"; fmt.Println("topic")').ok()
    while socket.poll(500):
        frames = socket.recv_multipart()
        start = frames.index(DELIMITER)
        kind = json.loads(frames[start + 2])["msg_type"]
        topics[kind] = b"".join(frames[:start]).decode()
    socket.close()
    assert "stream" in topics and "status" in topics
    for kind, topic in topics.items():
        assert kind in topic or (kind == "stream" and "stream" in topic), (kind, topic)


def test_heartbeat_echoes_its_bytes(kernel):
    info = kernel.manager.get_connection_info()
    socket = zmq.Context.instance().socket(zmq.REQ)
    socket.linger = 0
    socket.connect(f"{info['transport']}://{info['ip']}:{info['hb_port']}")
    for payload in (b"ping", b"\x00\xff" * 500, "日本".encode()):
        socket.send(payload)
        assert socket.poll(HANG * 1000)
        assert socket.recv() == payload
    socket.close()


def test_control_is_served_while_a_cell_runs(kernel):
    request = kernel.send('import "fmt"\nfmt.Println("started")\nselect {}')
    kernel.wait_for_text("started", request)
    assert kernel.ask("kernel_info_request", {}, "control").status == "ok"
    kernel.interrupt()
    assert kernel.outcome(request).status == "error"
