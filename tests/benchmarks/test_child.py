"""One measurement in a process of its own, with this interpreter and our own reader."""

from __future__ import annotations

import json
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from benchmarks import generate
from benchmarks.run import ROOT

pytestmark = pytest.mark.slow  # an interpreter each


def child(task: str, output, *paths) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.child", "benchmarks.engine", task, str(output)]
    names = "\n".join(map(str, paths))
    done = subprocess.run(command, input=names, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout)


def test_lines_are_written_and_the_work_is_measured(tmp_path):
    path = generate.file(tmp_path, "850", 20_000)

    made = child("order_lines", tmp_path / "lines.parquet", path)

    assert made["result"] == pq.read_metadata(tmp_path / "lines.parquet").num_rows > 100
    assert 0 < made["cpu_s"] < 30
    assert made["started_cpu_s"] > 0.05
    assert 20 < made["peak_rss_mb"] < 1000


@pytest.mark.parametrize("task", ["walk", "read"])
def test_every_segment_is_found(tmp_path, task):
    path = generate.file(tmp_path, "850", 20_000)

    assert child(task, tmp_path / "none", path)["result"] == path.read_bytes().count(b"~")


def test_a_valid_file_has_no_findings(tmp_path):
    assert child("validate", tmp_path / "none", generate.file(tmp_path, "ORDERS", 20_000))["result"] == 0
