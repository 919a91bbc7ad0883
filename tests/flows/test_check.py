"""``crossfoot check``: many files in one call, two verdicts each, and a line with cause and remedy instead of a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from edi.findings import Severity
from flows.examine.command import STATUS
from tests.flows.examined import Command, bad_guide, bad_syntax, good, one, reports
from tests.flows.letters import edifact, order_850, x12
from tests.flows.nights import DATA

# Verdicts and exit statuses


def test_a_good_file_is_a_line_and_status_0(check: Command) -> None:
    Path("a.x12").write_bytes(good())

    told = check("a.x12")

    assert told.exit_code == 0
    assert told.stdout.splitlines() == [
        "a.x12: ok (syntax ok, guide ok; 1 interchange, 2 transactions)", "1 file: 1 ok. 2 transactions. Findings: none."]


@pytest.mark.parametrize(("data", "syntax", "guide", "status"), [
    (good(), "ok", "ok", 0),
    (bad_syntax(), "errors", "ok", 12),
    (bad_guide(), "ok", "errors", 12),
    (x12("000000904", order_850(), kind="850", group="PO").replace(b"GE*1*", b"GE*2*"), "warnings", "ok", 0),  # GE01 is a warning
    (x12("000000905", ["ZC1*1"], kind="109", group="XX"), "ok", "unchecked", 0),  # there is no guide for it
    (edifact("1", "PO-1"), "ok", "ok", 0),
    (b"", "unreadable", "unchecked", 13),
    (b"%PDF-1.7\n\x00\xff\xfe", "unreadable", "unchecked", 13),
    (b"ISA*00*", "unreadable", "unchecked", 13),
])
def test_two_verdicts_are_kept_apart(check: Command, data: bytes, syntax: str, guide: str, status: int) -> None:
    Path("a.edi").write_bytes(data)

    told = check("a.edi", "--format", "json")

    assert (one(told)["syntax"], one(told)["guide"], told.exit_code) == (syntax, guide, status)


@pytest.mark.parametrize(("fail_on", "status"), [("note", 11), ("warning", 11), ("error", 0), ("fatal", 0)])
def test_the_exit_status_is_that_of_the_gravest_finding_if_it_reaches_fail_on(check: Command, fail_on: str, status: int) -> None:
    Path("a.x12").write_bytes(b"\xef\xbb\xbf" + good().replace(b"GE*2*", b"GE*3*"))  # a note and a warning

    assert check("a.x12", "--fail-on", fail_on).exit_code == status
    assert STATUS[Severity.WARNING] == 11


def test_findings_say_what_where_and_what_to_do(check: Command) -> None:
    Path("a.x12").write_bytes(bad_syntax())

    lines = check("a.x12").stdout.splitlines()

    at = lines.index("  error x12.se01_count: SE01 states another number of segments than the 7 that are there")
    assert lines[at + 1].startswith("      SE01, segment 7 of transaction 2, interchange 1, ")
    assert f"byte {bad_syntax().index(b'SE*99')}" in lines[at + 1]
    assert lines[at + 2] == "      -> Ask the partner to send the transaction set again with SE01 counting ST and SE as well."


def test_each_transaction_has_its_own_verdicts(check: Command) -> None:
    Path("a.x12").write_bytes(bad_guide())

    told = one(check("a.x12", "--format", "json"))

    parts = ("ordinal", "type_code", "control_number", "syntax", "guide")
    assert [tuple(each[part] for part in parts) for each in told["transactions"]] == [
        (1, "850", "0001", "ok", "ok"), (2, "850", "0002", "ok", "errors")]
    (finding,) = told["findings"]
    assert (finding["code"], finding["verdict"]) == ("guide.element_missing", "guide")
    assert finding["place"] == {**finding["place"], "interchange": 1, "transaction": 2, "segment": 2, "tag": "BEG", "element": 3,
                                "offset": bad_guide().rindex(b"BEG*")}


# What is listed


def test_many_small_files_are_read_together_and_told_in_order(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number:03d}.edi").write_bytes((good(), edifact("1", "PO-1"), b"", bad_syntax())[number % 4])

    told = reports(str(tmp_path))

    assert [Path(each.path).name for each in told] == [f"{number:03d}.edi" for number in range(300)]
    assert [each.outcome for each in told[:4]] == ["ok", "ok", "unreadable", "errors"]
    assert {each.size for each in told[::4]} == {len(good())}


def test_the_gravest_findings_are_the_ones_that_stay(tmp_path: Path) -> None:
    empties = good().replace(b"CUR*BY*USD~", b"CUR*BY*USD~~~~~~~").replace(b"SE*7*0002", b"SE*99*0002")
    (tmp_path / "a.x12").write_bytes(empties)

    (report,) = reports(str(tmp_path / "a.x12"), most=1)

    assert [finding.code for finding in report.findings] == ["x12.se01_count"]
    assert report.counts == {Severity.WARNING: 12, Severity.ERROR: 1}
    assert report.left_out == 12


def test_severity_hides_and_quiet_leaves_out_what_passes(check: Command) -> None:
    Path("a.x12").write_bytes(b"\xef\xbb\xbf" + good())
    Path("b.x12").write_bytes(bad_syntax())

    assert "detect.bom" in check("a.x12").stdout
    assert "detect.bom" not in check("a.x12", "--severity", "warning").stdout
    quiet = check("a.x12", "b.x12", "--quiet").stdout
    assert quiet.startswith("b.x12: errors ")
    assert "a.x12" not in quiet
    assert "2 files" not in quiet


# Guides and partners


def test_a_guide_can_be_named_or_left_out(check: Command) -> None:
    Path("a.x12").write_bytes(bad_guide())

    assert one(check("a.x12", "--format", "json", "--guide", "none"))["guide"] == "unchecked"
    assert one(check("a.x12", "--format", "json", "--guide", "850@005010"))["guide"] == "errors"


def test_a_partners_overrides_count_where_they_are_named(check: Command) -> None:
    Path("a.x12").write_bytes(good())
    Path("theirs.toml").write_text('standard = "x12"\ntype_code = "850"\nversion = "004010"\n[[narrow]]\nat = "BEG"\nelement = 1\n'
                                   'codes = ["05"]\n')

    assert one(check("a.x12", "--format", "json"))["findings"] == []
    told = one(check("a.x12", "--format", "json", "--guide", "theirs.toml"))
    found = [(each["code"], each["place"]["tag"], each["place"]["element"]) for each in told["findings"]]
    assert found == [("guide.bad_code", "BEG", 1)] * 2


@pytest.mark.parametrize(("text", "word"), [
    ("", "standard: is missing"), ("no toml", "is not valid TOML"),
    ('standard = "x12"\ntype_code = "850"\nversion = "009999"\n', "there is no guide of 850 009999"),
    ('standard = "x12"\ntype_code = "850"\nversion = "004010"\n[[forbid]]\nat = "QQQ"\n', "QQQ is not there"),
])
def test_overrides_that_are_wrong_are_told_with_file_and_remedy(check: Command, text: str, word: str) -> None:
    Path("theirs.toml").write_text(text)

    told = check("a.x12", "--guide", "theirs.toml")

    assert told.exit_code == 2
    assert "theirs.toml" in told.stderr
    assert word in told.stderr


@pytest.mark.parametrize(("guide", "word"), [
    ("nowhere.toml", "no such file; write it, or name another with --guide"), ("850", "write a type and a version"),
    ("850@999999", "no such guide; there are 850@004010, 850@005010"), ("HOLIDAY@D:96A", "no such guide"),
])
def test_a_guide_that_is_not_there_is_a_wrong_argument(check: Command, guide: str, word: str) -> None:
    told = check("a.x12", "--guide", guide)

    assert told.exit_code == 2
    assert word in told.stderr


def theirs(version: str) -> str:
    """Return a file of overrides that allows an 850 of this version one purpose alone, which none of our files has."""
    return f'standard = "x12"\ntype_code = "850"\nversion = "{version}"\n[[narrow]]\nat = "BEG"\nelement = 1\ncodes = ["05"]\n'


@pytest.mark.parametrize(("guide", "about"), [("theirs.toml", "850 005010"), ("ORDERS@D:96A", "ORDERS")])
def test_a_guide_that_applied_to_no_document_is_told(check: Command, guide: str, about: str) -> None:
    Path("a.x12").write_bytes(good())
    Path("theirs.toml").write_text(theirs("005010"))
    sentence = f"--guide {guide} applied to no document: it is for {about}; the files hold 850 004010"

    assert check("a.x12", "--guide", guide).stderr == f"crossfoot: {sentence}\n"
    check("a.x12", "--guide", guide, "--output", "report.txt")
    assert Path("report.txt").read_text().endswith(f"{sentence}.\n")


def test_overrides_are_laid_over_the_version_that_is_named(check: Command) -> None:
    Path("a.x12").write_bytes(good())
    Path("theirs.toml").write_text(theirs("005010"))

    told = check("a.x12", "--guide", "850@005010", "--guide", "theirs.toml", "--format", "json")

    assert ("guide.bad_code", "BEG") in {(found["code"], found["place"]["tag"]) for found in one(told)["findings"]}
    assert told.stderr == ""


@pytest.mark.parametrize(("guides", "word"), [
    (("theirs.toml", "850@004010"), "names another version"),
    (("theirs.toml", "copy.toml"), "theirs.toml and copy.toml are both for 850 005010"),
    (("850@004010", "850@005010"), "850 is named in two versions"),
])
def test_guides_that_exclude_each_other_are_refused(check: Command, guides: tuple[str, str], word: str) -> None:
    for name in ("theirs.toml", "copy.toml"):
        Path(name).write_text(theirs("005010"))

    told = check("a.x12", "--guide", guides[0], "--guide", guides[1])

    assert (told.exit_code, word in told.stderr) == (2, True)


def test_a_partners_severities_count_where_there_are_settings(check: Command) -> None:
    Path("a.x12").write_bytes(bad_syntax())
    Path("data/partners").mkdir(parents=True)
    for name in ("sources", "rules", "codes"):
        Path("data", name).symlink_to(DATA / name)
    northfield = (DATA / "partners" / "northfield.toml").read_text()
    Path("data/partners/northfield.toml").write_text(northfield + '\n[severities]\n"x12.se01_count" = "note"\n')

    assert one(check("a.x12", "--format", "json"))["outcome"] == "errors"
    Path("crossfoot.toml").write_text('home = "home"\n')
    assert one(check("a.x12", "--format", "json"))["outcome"] == "ok"


def test_a_partners_guide_counts_where_there_are_settings(check: Command) -> None:
    order = ("BEG|05|NE|BW-1||20260301", "CUR|BY|USD", "N1|BY|Bluewater", "PO1|1|12|EA|5.1|PE|UP|085001000020", "CTT|1")  # 05 replaces
    isa = "ISA|00|          |00|          |08|9251230000     |ZZ|CROSSFOOT      |260302|1701|^|00501|000002041|0|P|>"
    Path("a.x12").write_text("~".join((isa, "GS|PO|BUYER|SELLER|20260302|1701|1|X|005010", "ST|850|0001", *order, "SE|7|0001", "GE|1|1",
                                       "IEA|1|000002041", "")))
    Path("data").symlink_to(DATA)

    assert one(check("a.x12", "--format", "json"))["findings"] == []
    Path("crossfoot.toml").write_text('home = "home"\n')
    assert [found["code"] for found in one(check("a.x12", "--format", "json"))["findings"]] == ["guide.bad_code"]


def test_settings_that_are_wrong_are_told(check: Command) -> None:
    Path("crossfoot.toml").write_text("colour = 1\n")

    told = check("a.x12")

    assert told.exit_code == 2
    assert "unknown key" in told.stderr


# The terminal


@pytest.mark.slow
def test_a_pipe_that_is_closed_early_is_no_traceback(tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / f"{number}.x12").write_bytes(bad_syntax())
    command = [sys.executable, "-c", "from flows.cli import main; main()", "check", str(tmp_path)]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr is not None
        assert running.stderr.read() == b""


@pytest.mark.slow
def test_a_reader_that_leaves_before_a_small_report_is_written_hears_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.x12").write_bytes(good())
    command = '"$0" -c "from flows.cli import main; main()" check --format sarif "$1" | head -c 10'

    told = subprocess.run(["/bin/sh", "-c", command, sys.executable, str(tmp_path / "a.x12")], capture_output=True, check=True)

    assert (len(told.stdout), told.stderr) == (10, b"")


@pytest.mark.slow
def test_an_ascii_terminal_gets_ascii(tmp_path: Path) -> None:
    path = tmp_path / "größe.x12"
    path.write_bytes(good())
    command = [sys.executable, "-c", "from flows.cli import main; main()", "check", str(path)]

    told = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}, check=True)

    assert told.stdout.isascii()


def test_a_narrow_terminal_is_kept_to(check: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    Path("a.x12").write_bytes(bad_syntax())

    assert max(map(len, check("a.x12").stdout.splitlines())) <= 60


def test_colours_only_where_they_are_wanted(check: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.x12").write_bytes(bad_syntax())

    assert "\x1b" not in check("a.x12").stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31merrors" in check("a.x12").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in check("a.x12").stdout
