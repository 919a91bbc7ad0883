"""The report: one page that needs no network, escapes what strangers wrote, and tells ids and places but no personal value."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from flows.report import html, markdown, write_report
from flows.summary import Summary, ThisRun, summarize
from tests.flows.letters import NORTHFIELD, US, post, response, x12
from tests.flows.nights import World, session_of, world

pytestmark = pytest.mark.slow

CANARY = "Canaryman Personal"
HOSTILE = "<b>&\"'|9"


def order_with_name(order: str) -> list[str]:
    return [f"BEG*00*NE*{order}**20260301", "CUR*BY*USD", f"PER*BD*{CANARY}*TE*5551234567", f"N1*ST*{CANARY}*92*DC01",
            f"N2*{CANARY}", f"N3*{CANARY}", f"N4*{CANARY}**43215*US", "PO1*1*10*EA*7.25*PE*UP*061414000031*IN*CF-003",
            f"PID*F****{CANARY}", "CTT*1"]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An order with a person's name, answered with 8 of 10; an order whose number is hostile; a document set aside."""
    made = world(tmp_path_factory.mktemp("report"))
    post(made, {"a.x12": x12("000000901", response("4500009001", confirmed="8"), response("4500009003"), counts={2: 99})})
    post(made, {"b.x12": x12("000000501", order_with_name("4500009001"), order_with_name(HOSTILE), kind="850", group="PO", sender=US,
                             receiver=NORTHFIELD).replace(b"*P*>~", b"*P*:~")}, source="outbound")  # > separates nothing here
    made.run()
    return made


@pytest.fixture(scope="module")
def summary(night: World) -> Summary:
    return summarize(session_of(night), ThisRun())


class Page(HTMLParser):
    """Collects tags with attributes, and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"


def test_the_page_has_no_scripts_and_no_outside_references(summary: Summary) -> None:
    text = html(summary)
    assert not re.search(r"https?:|[\"'(]//|@import|url\(|javascript:", text)
    page = Page(text)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "a"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on") or name in ("src", "href")]


def test_what_strangers_wrote_is_text(night: World, summary: Summary) -> None:
    assert night.rows("SELECT count(*) FROM orders WHERE order_number = '<b>&\"''|9'") == [(1,)]
    page = Page(html(summary))
    assert HOSTILE in page.text  # its break names it
    assert "b" not in {tag for tag, _ in page.tags}


def test_markdown_tables_stay_tables(summary: Summary) -> None:
    tables = [block.splitlines() for block in markdown(summary).split("\n\n") if block.startswith("|")]
    assert len(tables) > 3
    for header, *rows in tables:
        for row in rows:
            assert len(re.findall(r"(?<!\\)\|", row)) == header.count("|"), row


def test_hostile_text_makes_no_markup_in_the_ui(summary: Summary) -> None:
    told = replace(summary, set_aside=({**summary.set_aside[0], "control_number": "![x](//evil/y)`<img>"},))
    assert not re.search(r"(?<!\\)[<>`\[]", markdown(told))


def test_no_personal_value_is_in_the_report_the_artifact_the_summary_or_the_ledger(night: World, summary: Summary) -> None:
    assert night.rows(f"SELECT count(*) > 0 FROM parties WHERE party_name = '{CANARY}'") == [(1,)]  # it was loaded
    for told in (html(summary), markdown(summary), str(summary.to_json()), repr(summary)):
        assert CANARY not in told
        assert "5551234567" not in told
    for table in ("findings", "decisions", "breaks", "audit", "plans"):
        assert CANARY not in str(night.rows(f"SELECT * FROM {table}"))


def test_what_a_person_needs_is_there(summary: Summary) -> None:
    text = Page(html(summary)).text
    for words in ("Night of 2026-03-02", "Totals cross-foot.", "rejected", "x12.se01_count", "000000901/0002", "response_quantity",
                  "4500009001/1", "14.5", "USD"):
        assert words in text, words


def test_totals_that_do_not_agree_come_first_and_red(summary: Summary) -> None:
    wrong = replace(summary, totals=replace(summary.totals, problems=("4 documents decided, 3 <stand>",)))
    text = html(wrong)
    assert '<p class="bad">Totals do not cross-foot: 4 documents decided, 3 &lt;stand&gt;</p>' in text
    assert "**does not agree**: 4 documents decided" in markdown(wrong)


def test_the_report_is_written_under_its_date(night: World, summary: Summary) -> None:
    path: Path = write_report(night.settings, summary)
    assert path == night.settings.reports / "2026-03-02.html"
    assert path.read_text(encoding="utf-8") == html(summary)
    assert path.stat().st_mode & 0o077 == 0  # nobody else's to read
