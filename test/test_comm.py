"""Comms: unknown targets are closed, and comm_info answers."""

from harness import is_idle


def test_an_unknown_target_is_closed(kernel):
    request = kernel.request("comm_open", {"comm_id": "c1", "target_name": "nobody.listens", "data": {}})
    closed = kernel.wait(lambda m: m["msg_type"] == "comm_close", request)
    assert closed["content"]["comm_id"] == "c1"
    kernel.wait(is_idle, request)
    assert "c1" not in kernel.ask("comm_info_request", {}).content["comms"]


def test_messages_for_unknown_comms_harm_nothing(kernel):
    for kind in ("comm_msg", "comm_close"):
        request = kernel.request(kind, {"comm_id": "never-opened", "data": {}})
        kernel.wait(is_idle, request)
    assert kernel.run("1").ok().value == "1"


def test_comm_info(kernel):
    answer = kernel.ask("comm_info_request", {"target_name": "nobody.listens"}).content
    assert answer["status"] == "ok"
    assert answer["comms"] == {}
