"""The page on acknowledgments and the code agree."""

from __future__ import annotations

from pathlib import Path

from flows.definitions import PartnerModel
from flows.examine.ackpage import page

PAGE = Path(__file__).parents[2] / "docs" / "acknowledgments.md"


def test_the_page_is_made_from_the_code():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m flows.examine.ackpage > docs/acknowledgments.md"


def test_every_key_about_acknowledgments_is_on_the_page():
    keys = {name for name in PartnerModel.model_fields if "acknowledg" in name or "ta1" in name or "contrl" in name}
    keys |= {"accept_with_errors", "echo_bad_values"}
    assert {key for key in keys if f"| `{key}` |" not in page()} == set()
