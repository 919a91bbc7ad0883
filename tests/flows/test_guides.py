"""Partners' overrides under data/guides/: loaded with everything else, and holding for the partner's own documents alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from edi.errors import ConfigurationError
from edi.findings import Finding
from edi.guides import Subject, check, guide_for, shipped
from edi.reading.files import SourceFile, read_files
from flows.definitions import Definitions, load_definitions
from flows.examine.wanted import wanted
from flows.partners import partners_guide
from flows.settings import Settings
from tests.flows.nights import DATA

BLUEWATER, US = ("08", "9251230000"), ("ZZ", "CROSSFOOT")
ORDER = ("BEG|00|NE|BW-1||20260301", "CUR|BY|USD", "N1|BY|Bluewater", "N1|ST|Portland|92|0417", "PO1|001|120|EA|5.1|PE|UP|085001000020",
         "CTT|1")


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load_definitions(Settings(data=DATA))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the project's data folder without its sample."""
    return Path(shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("sample")))


def told(definitions: Definitions, *body: str, sender: tuple[str, str] = BLUEWATER) -> list[tuple[str, int | None, str | None, int | None]]:
    isa = f"ISA|00|          |00|          |{sender[0]}|{sender[1]:15}|ZZ|CROSSFOOT      |260302|1701|^|00501|000002041|0|P|>"
    text = "~".join((isa, "GS|PO|BUYER|SELLER|20260302|1701|1|X|005010", "ST|850|0001", *body, f"SE|{len(body) + 2}|0001", "GE|1|1",
                     "IEA|1|000002041", ""))
    (batch,) = read_files([SourceFile("a", text.encode())])
    return [place(one) for one in check(batch, lambda subject: partners_guide(subject, definitions))]


def place(one: Finding) -> tuple[str, int | None, str | None, int | None]:
    return one.code.removeprefix("guide."), one.place.segment, one.place.tag, one.place.element


def test_what_keeps_to_the_partners_guide_is_told_nothing(definitions: Definitions) -> None:
    assert told(definitions, *ORDER) == []


@pytest.mark.parametrize(("body", "finding"), [
    (("BEG|05|NE|BW-1||20260301", *ORDER[1:]), ("bad_code", 2, "BEG", 1)),
    ((ORDER[0], *ORDER[2:]), ("segment_missing", 3, "CUR", None)),
    ((*ORDER[:4], "N1|BT|Payables", *ORDER[4:]), ("bad_code", 6, "N1", 1)),
    ((*ORDER[:4], "N1|SE|Us", "N1|BY|Again", *ORDER[4:]), ("loop_repeats", 7, "N1", None)),
    ((*ORDER[:4], "PO1|001|||5.1|PE|UP|085001000020", "CTT|1"), ("element_missing", 6, "PO1", 2)),
    ((*ORDER[:5], "SDQ|EA|92|0417|120", "CTT|1"), ("segment_forbidden", 7, "SDQ", None)),
])
def test_what_the_partner_narrows_or_forbids_is_told_by_place(definitions: Definitions, body: tuple[str, ...],
                                                              finding: tuple[str, int, str, int | None]) -> None:
    assert told(definitions, *body) == [finding]


def test_another_senders_order_is_checked_by_the_standard(definitions: Definitions) -> None:
    assert told(definitions, "BEG|05|NE|BW-1||20260301", *ORDER[1:], sender=("08", "1112223333")) == []


def test_a_copy_of_what_we_send_is_checked_by_the_same_guide(definitions: Definitions) -> None:
    sent = partners_guide(Subject("x12", "850", "005010", sender=US, receiver=BLUEWATER), definitions)
    received = partners_guide(Subject("x12", "850", "005010", sender=BLUEWATER, receiver=US), definitions)

    assert sent is received and sent is not guide_for("x12", "850", "005010")


def test_another_version_than_the_one_agreed_is_checked_by_the_standard(definitions: Definitions) -> None:
    subject = Subject("x12", "850", "004010", sender=BLUEWATER, receiver=US)

    assert partners_guide(subject, definitions) is guide_for("x12", "850", "004010")


def test_a_single_file_of_overrides_can_be_laid_over_any_choice_of_guides() -> None:
    choose = wanted((str(DATA / "guides" / "bluewater_850.toml"),), shipped)
    order, invoice = choose(Subject("x12", "850", "005010")), choose(Subject("x12", "810", "005010"))

    assert order and order.is_implementation
    assert invoice is guide_for("x12", "810", "005010")


def test_a_site_without_the_folder_has_no_overrides(data: Path) -> None:
    shutil.rmtree(data / "guides")
    edit(data / "partners" / "bluewater.toml", 'guide = "bluewater_850"\n', "")

    assert load_definitions(Settings(data=data)).guides == {}


@pytest.mark.parametrize(("file", "old", "new", "told"), [
    ("guides/bluewater_850.toml", "maximum = 3", "maximun = 3", "bluewater_850.toml: [[narrow]] 3: maximun: unknown key"),
    ("guides/bluewater_850.toml", "PO1/SDQ", "PO1/XYZ", "bluewater_850.toml: [[forbid]] 1: XYZ is not there; there are"),
    ("guides/bluewater_850.toml", 'version = "005010"', 'version = "001000"', "there is no guide of 850 001000; write"),
    ("partners/bluewater.toml", "bluewater_850", "bluewater_950", "bluewater.toml: documents: 850: guide: there is no"),
    ("partners/bluewater.toml", 'type_code = "850"', 'type_code = "860"', "bluewater_850 is about x12 850; name another"),
])
def test_what_does_not_fit_is_refused_when_it_is_loaded(data: Path, file: str, old: str, new: str, told: str) -> None:
    edit(data / file, old, new)

    with pytest.raises(ConfigurationError) as refused:
        load_definitions(Settings(data=data))
    assert told in str(refused.value)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")  # a test may write
