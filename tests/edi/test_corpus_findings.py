"""Every finding of every file of the corpus, its place to the component: as reviewed against the files in tests/golden/findings.tsv."""

from __future__ import annotations

import importlib.util

import pytest

from tests.golden.findings import CORPUS, EXPECTED, lines, paths

pytestmark = [
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project: ../shared/corpus"),
    pytest.mark.skipif(importlib.util.find_spec("pyx12") is None, reason="pyx12 is not installed: health care's guides are missing"),
]
EXPECTED_LINES = EXPECTED.read_text(encoding="utf-8").splitlines()[1:]


@pytest.mark.parametrize("path", paths() if CORPUS.is_dir() else [])
def test_findings_are_as_reviewed(path: str) -> None:
    assert list(lines(path)) == [line for line in EXPECTED_LINES if line.partition("\t")[0] == path]


def test_every_file_of_the_corpus_was_reviewed() -> None:
    assert list(dict.fromkeys(line.partition("\t")[0] for line in EXPECTED_LINES)) == paths()
