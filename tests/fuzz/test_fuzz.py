"""Bytes of any kind give findings: the seeds, a few thousand inputs with atheris, and what becomes of an input that fails."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fuzz.__main__ import main
from tests.fuzz.campaign import TARGETS, Campaign, Target

RUNS = 5000


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_begins_with_keeps_every_promise(name: str) -> None:
    target = TARGETS[name]
    assert sum(target.examine([data for data in target.seeds() if len(data) < 2000]).values()) > 0


@pytest.mark.slow
@pytest.mark.timeout(1200)  # a minute or two each, but on a busy machine more
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed: no fuzzing")
@pytest.mark.parametrize("name", TARGETS)
def test_odd_bytes_are_told_of(name: str, tmp_path: Path) -> None:
    status = main([name, "--runs", str(RUNS), "--folder", str(tmp_path / "fuzz")])
    (result,) = json.loads((tmp_path / "fuzz.json").read_text(encoding="utf-8"))
    assert result["failures"] == {}
    assert (status, result["executions"]) == (0, RUNS)
    assert len(result["kinds"]) > 10


def test_the_input_that_fails_is_found_among_its_round_and_kept(tmp_path: Path) -> None:
    def examine(documents: Sequence[bytes]) -> Counter[str]:
        if b"bad" in documents:
            raise ValueError("met something bad")
        return Counter(["fine"])

    campaign = Campaign(Target(examine, lambda: [b"good"], [lambda data, random: b"bad" if random.random() < 0.1 else b"other"], 100),
                        "it", tmp_path)
    campaign.round(b"good", 1000)
    ((words, kept),) = campaign.failures.items()
    assert words.startswith("ValueError at test_fuzz.py:") and words.endswith("met something bad")
    assert Path(kept).read_bytes() == b"bad"
    assert campaign.executions == 100


def test_a_round_has_no_more_inputs_than_are_asked_for(tmp_path: Path) -> None:
    campaign = Campaign(TARGETS["csv"], "csv", tmp_path)
    campaign.round(b"\x00a,b\n", 3)
    assert campaign.executions == 3
