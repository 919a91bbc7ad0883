"""``crossfoot ack``: what would be sent, and which finding led to which segment; nothing is stored, and there is never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edi.findings import Place
from flows.cli import main
from tests.flows.letters import US, edifact, order_850, response, x12
from tests.flows.nights import DATA

Ack = Callable[..., Result]
AT = ("--at", "2026-03-03T02:00")
ORDER = x12("000000901", order_850(), order_850(""), kind="850", group="PO")  # BEG03 of the second is empty


@pytest.fixture
def ack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ack:
    """Runs ``crossfoot ack`` over bytes, in an empty folder, 80 columns wide; with ``site`` by the sample's agreements."""
    monkeypatch.delenv("CROSSFOOT_SETTINGS", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site.toml").write_text(f'data = "{DATA}"\n', encoding="utf-8")

    def run(data: bytes, *options: str, site: bool = False) -> Result:
        Path("file.edi").write_bytes(data)
        result = CliRunner().invoke(main, [*(("--settings", "site.toml") if site else ()), "ack", "file.edi", *AT, *options])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def test_segments_stand_a_line_each_with_what_led_to_them(ack: Ack) -> None:
    told = ack(ORDER)
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert lines[0] == "No settings here, or --ignore-partners: answered by the defaults."
    assert lines[2] == "  997 004010: there is no 999 before 005010"
    at = lines.index("    AK4*3*324*1~")
    assert lines[at - 1] == "    AK3*BEG*2**8~"
    assert lines[at + 1].strip() == "error guide.element_missing: a mandatory element of BEG is empty"
    assert lines[at + 2].strip().startswith("BEG03, segment 2 of transaction 2")
    assert max(len(line) for line in lines if not line.startswith("    ISA*")) <= 80


def test_raw_gives_the_bytes_and_nothing_else(ack: Ack) -> None:
    told = ack(ORDER, "--raw", "--control-number", "77")
    assert told.stdout_bytes.startswith(b"ISA*00*          *00*          *ZZ*CROSSFOOT      *12*6125550142     *260303*0200*U*")
    assert told.stdout_bytes.endswith(b"AK9*P*2*2*1~SE*10*0001~GE*1*77~IEA*1*000000077~")


def test_json_has_policy_reasons_and_findings(ack: Ack) -> None:
    (told,) = json.loads(ack(ORDER, "--json", "--echo-bad-values").stdout)["interchanges"]
    (made,) = told["acknowledgments"]
    assert (told["partner_id"], told["none_because"], told["policy"]["echo_bad_values"]) == (None, None, True)
    assert (made["kind"], made["version"], made["because"]) == ("997", "004010", "there is no 999 before 005010")
    (why,) = [segment["findings"] for segment in made["segments"] if segment["text"] == "AK4*3*324*1~"]
    assert why[0]["code"] == "guide.element_missing"
    assert Place(**{**why[0]["place"], "file": None, "offset": None}) == Place(
        interchange=1, group=1, transaction=2, segment=2, tag="BEG", element=3, line=why[0]["place"].get("line"))


def test_each_of_several_has_its_own_number(ack: Ack) -> None:
    told = ack(x12("000000901", response(), ask="1") + x12("000000902", response()), "--raw").stdout_bytes
    assert [told.count(b"IEA*%d*%09d~" % (groups, number)) for groups, number in ((0, 1), (1, 2), (1, 3))] == [1, 1, 1]


@pytest.mark.parametrize(("data", "reason"), [
    (x12("000000901", ["AK1*PO*1", "AK9*A*1*1*1"], kind="997", group="FA"), "an acknowledgment is never acknowledged"),
    (x12("000000901", response())[:-20], "we hold it: The file ends before the interchange does"),
    (edifact("AM1", "1", sender=""), "UNB lacks the sender"),
])
def test_why_nothing_is_sent(ack: Ack, data: bytes, reason: str) -> None:
    told = ack(data)
    assert told.exit_code == 0
    assert f"nothing is sent: {reason}" in told.stdout.replace("\n      ", "")


@pytest.mark.parametrize(("data", "reason"), [
    (x12("000000901", response(), sender=("12", "9999999999")), "no agreement has these addresses"),
    (x12("000000901", order_850(), kind="850", group="PO", sender=US, receiver=("12", "6125550142")), "it is a copy of what we sent"),
    (x12("000000901", response(), usage="T"), "it is marked as a test"),
])
def test_agreements_decide_where_there_are_settings(ack: Ack, data: bytes, reason: str) -> None:
    assert reason in ack(data, site=True).stdout
    assert "997 004010" in ack(data, "--ignore-partners", site=True).stdout


def test_a_known_partner_is_named_and_answered_in_its_own_time(ack: Ack) -> None:
    told = ack(x12("000000901", response()), site=True).stdout
    assert "partner northfield" in told
    assert "*260302*2000*U*" in told  # Chicago is six hours behind


def test_what_is_no_edi_gets_an_answer_too(ack: Ack) -> None:
    for data in (b"", b"hello", b"ISA*00*"):
        told = ack(data)
        assert told.exit_code == 13
        assert "There is no interchange in it, and so nobody to answer." in told.stdout


def test_what_cannot_be_read_or_asked_is_told_in_a_line(ack: Ack, tmp_path: Path) -> None:
    missing = CliRunner().invoke(main, ["ack", "none.edi"])
    assert (missing.exit_code, "there is no such file" in missing.stderr) == (13, True)
    settings = CliRunner().invoke(main, ["--settings", "none.toml", "ack", "none.edi"])
    assert (settings.exit_code, "no such file" in settings.stderr) == (2, True)
    assert ack(ORDER, "--ta1", "sometimes").exit_code == 2
    assert ack(ORDER, "--at", "noon").exit_code == 2


def test_a_file_cut_anywhere_is_answered_or_it_is_said_why_not(ack: Ack) -> None:
    for stop in range(0, len(ORDER), 7):
        assert ack(ORDER[:stop]).exit_code == (0 if stop >= ORDER.index(b"~") else 13)  # an ISA that is cut cannot be read


WARNED = x12("000000901", order_850(), kind="850", group="PO").replace(b"GE*1*", b"GE*2*")  # GE01 is a warning


def test_what_is_not_told_is_listed_with_its_reason(ack: Ack) -> None:
    (told,) = json.loads(ack(WARNED, "--json").stdout)["interchanges"]
    (kept,) = told["not_told"]
    assert (kept["because"], [each["code"] for each in kept["findings"]]) == ("accept_with_errors is false", ["x12.ge01_count"])
    lines = ack(WARNED).stdout.splitlines()
    at = lines.index("  not told, 1 finding: accept_with_errors is false")
    assert lines[at + 1].strip().startswith("warning x12.ge01_count: GE01 states another number")


def test_a_contrl_has_no_place_for_warnings(ack: Ack) -> None:
    (told,) = json.loads(ack(edifact("1", "PO-1").replace(b"UNZ+1+", b"UNZ+2+"), "--json", "--accept-with-errors").stdout)["interchanges"]
    assert [kept["because"] for kept in told["not_told"]] == ['a CONTRL has no "accepted with errors", and so no place for a warning']
