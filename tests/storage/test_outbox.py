"""The outbox by example: the same name means the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from edi.errors import IntegrityError
from storage.database import open_database
from storage.outbox import deliver
from storage.publish import publish
from tests.storage.examples import open_with_plan, publication


def test_what_waits_under_the_same_name_with_other_content_is_never_overwritten(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'crossfoot.db'}")
    publish(engine, tmp_path / "lake", publication(open_with_plan(engine, "p"), "p"))
    (tmp_path / "out" / "acme").mkdir(parents=True)
    waiting = tmp_path / "out" / "acme" / "997-000000001.edi"
    waiting.write_bytes(b"another acknowledgment")
    with pytest.raises(IntegrityError, match="with other content"):
        deliver(engine, tmp_path / "out")
    assert waiting.read_bytes() == b"another acknowledgment"
