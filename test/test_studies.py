"""Every notebook that has a scale runs at its smallest, so that a change of the
library that breaks a study is seen at once."""

import json
import shutil
import subprocess

import nbformat
import pytest

from conftest import ROOT
from harness import HANG


def declares_scale(path) -> bool:
    book = nbformat.read(path, as_version=4)
    return any(
        "parameters" in c.metadata.get("tags", []) and "scale :=" in c.source for c in book.cells if c.cell_type == "code"
    )


STUDIES = [p for p in sorted((ROOT / "notebooks").glob("*.ipynb")) if declares_scale(p)]


def test_there_are_studies():
    assert STUDIES


@pytest.mark.parametrize("path", STUDIES, ids=lambda p: p.stem)
def test_study_runs_at_ci_scale(hillock, tmp_path, path):
    shutil.copy(path, tmp_path)
    done = subprocess.run(
        [str(hillock), "run", path.name, "-p", "scale=ci", "-o", "out.ipynb"],
        cwd=tmp_path, capture_output=True, text=True, timeout=HANG * 3,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    book = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    code = [c for c in book.cells if c.cell_type == "code"]
    assert not [o for c in code for o in c.outputs if o.output_type == "error"]
    assert all(c.execution_count for c in code if c.source.strip())
    # At this scale numbers mean nothing: they stay away from the results that are kept.
    assert not (tmp_path / "results").exists()
    for kept in (tmp_path / "data" / "results").glob("*.json"):
        assert json.loads(kept.read_text())["scale"] == "ci"
