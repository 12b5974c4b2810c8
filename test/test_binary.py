"""The binary as it is handed out: static, without cgo, and not too large."""

import struct
import subprocess
import sys

MEGABYTE = 1_000_000


def test_it_is_built_without_cgo(hillock):
    info = subprocess.run(["go", "version", "-m", str(hillock)], capture_output=True, text=True, check=True).stdout
    assert "CGO_ENABLED=0" in info


def test_it_is_static(hillock):
    data = hillock.read_bytes()
    if not sys.platform.startswith("linux"):
        return  # other systems always load their own libraries
    assert data[:5] == b"\x7fELF\x02"
    offset, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    kinds = [struct.unpack_from("<I", data, offset + i * size)[0] for i in range(count)]
    PT_DYNAMIC, PT_INTERP = 2, 3
    assert PT_INTERP not in kinds and PT_DYNAMIC not in kinds


def test_it_is_at_most_60_megabytes(hillock):
    assert hillock.stat().st_size <= 60 * MEGABYTE


def test_version(hillock):
    shown = subprocess.run([str(hillock), "version"], capture_output=True, text=True, check=True).stdout
    assert shown.startswith("hillock ")
    assert "go1." in shown
