"""A document of an export that is lost on the way is noticed: the plan counted its rows before anything was made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from edi.errors import ConservationError
from flows import packet_exports
from tests.flows.nights import DAYS, FIRST, world


@pytest.mark.slow
def test_rows_that_no_document_has_fail_the_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = world(tmp_path)
    made.drop(DAYS[FIRST].glob("erp/erp_receipts_*.csv"))
    take = packet_exports._take

    def lossy(*arguments: object) -> None:
        take(*arguments)  # type: ignore[arg-type]  # handed through as they come
        arguments[3].documents.pop()  # type: ignore[attr-defined]  # the work of the packet

    monkeypatch.setattr(packet_exports, "_take", lossy)
    with pytest.raises(ConservationError, match=r"erp_receipts: the tokenizer counted \d+ rows in an export, \d+ belong"):
        made.run(FIRST)
