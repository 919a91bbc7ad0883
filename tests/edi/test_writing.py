"""Segment tables back to bytes: identical where nothing was found, in other delimiters on request, refused where unreadable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from edi import Delimiters, Limits, read, stream, write, write_parts
from edi.errors import ConfigurationError, UnwritableError
from edi.findings import Severity
from edi.segments import Batch

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in (ROOT.parent / "shared" / "corpus", ROOT / "data" / "sample") if folder.is_dir()
               for path in folder.rglob("*") if path.suffix.lower() in (
                   ".edi", ".x12", ".txt", ".835", ".270", ".834", ".837i", ".837", ".277", ".271"))
# What has only notes and warnings is written too; byte for byte, unless it is for one of these.
WHY_OTHERWISE = {
    "detect.bom": "the byte order mark is left out",
    "detect.wrapped": "lines are not wrapped again",
    "envelope.newlines": "one newline style is written throughout",
    "edifact.needless_release": "release characters stand where they are needed",
}
ISA = "ISA*00*          *00*          *ZZ*S              *ZZ*R              *241123*0130*^*00501*000000001*0*P*:~"
BODY = "GS*PO*S*R*20241123*0130*1*X*005010~ST*850*0001~BEG*00*SA*PO1**20241123~{}SE*{}*0001~GE*1*1~IEA*1*000000001~"
UNB = "UNB+UNOC:3+S+R+241123:0130+REF'"
MARKS = Delimiters(element=b"|", segment=b"\n", component=b">", repetition=b"!")


def x12(*segments: str) -> bytes:
    return (ISA + BODY.format("".join(segment + "~" for segment in segments), len(segments) + 3)).encode()


def edifact(*segments: str, charset: str = "latin-1") -> bytes:
    body = "".join(segment + "'" for segment in segments)
    return f"{UNB}UNH+1+ORDERS:D:96A:UN'BGM+220+PO1+9'{body}UNT+{len(segments) + 3}+1'UNZ+1+REF'".encode(charset)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files(path):
    batch = read(path)
    codes = {finding.code for finding in batch.findings}

    if any(finding.severity in (Severity.ERROR, Severity.FATAL) for finding in batch.findings):
        with pytest.raises(UnwritableError):
            write(batch)
    else:
        assert (write(batch) == path.read_bytes()) == (not codes & set(WHY_OTHERWISE))


@pytest.mark.parametrize("data", [
    x12("BIN*7*a~b*c\n:"), x12("BDS*ASC*4*~~~~"),
    edifact("FTX+AAI+++it?'s ??:caf\u00e9"),
    f"{UNB}UNO+1+a:b+1+9'AB'CD'\nE?UNP+9+1'UNZ+1+REF'".encode(),
    f"{UNB}UNG+ORDERS+S+R+241123:0130+7+UN+D:96A'UNH+1+ORDERS:D:96A:UN'UNT+2+1'UNE+1+7'UNZ+1+REF'".encode(),
    (ISA + "TA1*000000001*241123*0130*A*000~IEA*0*000000001~").encode(),
    x12() + b"\r\n" + edifact() + b"\n\n" + x12("N1*ST").replace(b"*", b"|").replace(b"~", b"'"),
    x12("N1*ST*caf\u00e9"), x12("N1*ST*caf\u00e9").decode().encode("latin-1"),
    x12().replace(b"~", b"~\r\n"), x12().replace(b"~", b"\n"), x12().replace(b"~", b"\r\n"), x12().replace(b"~", "\u2026".encode()),
    x12().replace(b"~", b"\x85"), x12().replace(b"^", b"U").replace(b"00501", b"00401"),
    x12()[:-1], x12()[:-1] + b"\n", edifact()[:-1] + b"?\n", b"\n\n" + x12() + b"\r\n\x1a",
    b"UNA:+,?*'\r\n" + edifact("QTY+21:1,5"), b"UNA:+.? '" + edifact(),
    edifact("NAD+BY+\u00e9").replace(b"UNOC:3", b"UNOW:4").decode("latin-1").encode(),
    UNB.replace("UNOC", "UNOX").encode() + "UNH+1+ORDERS:D:96A:UN'FTX+AAI+++\u65e5\u672c?'\u8a9e'UNT+3+1'UNZ+1+REF'".encode("iso2022_jp_2"),
], ids=[
    "BIN", "BDS", "released", "object", "UNG", "TA1", "several", "utf-8", "latin-1", "crlf", "newline terminator", "crlf terminator",
    "ellipsis", "one byte not ascii", "no repetition", "unterminated", "unterminated, newline", "release cut", "padding", "UNA",
    "UNA like the default", "UNOW", "UNOX"])
def test_each_form_is_written_as_it_was_read(data):
    assert write(read(data)) == data


def test_octets_of_iso_2022_are_no_terminators():
    data = UNB.replace("UNOC", "UNOX").encode() + "UNH+1+ORDERS:D:96A:UN'FTX+AAI+++\u0410?''UNT+3+1'UNZ+1+REF'".encode("iso2022_jp_2")
    assert data.count(b"'") == 7  # one of them is half of a letter, one is released

    batch = read(data)

    assert batch.findings == ()
    assert batch.table.nested(2) == [[["FTX"]], [["AAI"]], [[""]], [[""]], [["\u0410'"]]]
    assert write(batch) == data


def test_where_no_character_set_is_declared_each_value_is_written_as_it_would_be_read():
    latin, both = x12("N1*ST*caf\u00e9", "N1*BY*K\u00f6ln").decode().encode("latin-1"), x12("N1*ST*caf\u00e9").decode().encode("latin-1")
    mixed = both.replace(b"PO1", "5 \u20ac".encode())

    assert write(read(latin)) == latin
    assert write(read(mixed)) == mixed


def test_blank_lines_of_newline_terminated_files_are_told_since_they_are_not_kept():
    batch = read(x12("N1*ST").replace(b"~", b"\n").replace(b"N1*ST\n", b"N1*ST\n\n"))

    assert [finding.code for finding in batch.findings] == ["envelope.newlines"]


def test_other_delimiters_are_stated_in_isa():
    written = write(read(x12("REF*A*B^C:D")), delimiters=MARKS)

    assert written == (
        ISA.replace("*", "|").replace("^", "!").replace(":~", ">\n")
        + BODY.format("REF*A*B!C>D~", 4).replace("*", "|").replace("~", "\n")).encode()
    assert read(written).interchanges[0].delimiters == MARKS


def test_isa_states_no_repetition_separator_where_there_is_none():
    written = write(read(x12()), delimiters=replace(MARKS, repetition=None))

    assert written.split(b"|")[11] == b"U"
    assert read(written).interchanges[0].delimiters.repetition is None


def test_una_is_written_where_it_is_needed_and_values_are_released_anew():
    marks = Delimiters(element=b"|", segment=b"~", component=b">", release=b"\\")

    written = write(read(edifact("FTX+AAI+++it?'s ?+ a|b>c\\d")), delimiters=marks, newline=b"\n")

    assert written.startswith(b"UNA>|.\\ ~\nUNB|UNOC>3|S|")
    assert b"FTX|AAI|||it's + a\\|b\\>c\\\\d~\n" in written
    assert written.endswith(b"UNZ|1|REF~\n")


def test_una_is_left_out_where_it_would_say_nothing_new():
    batch = read(b"UNA:+.? '" + edifact())
    plain = read(edifact())

    assert write(batch, delimiters=plain.interchanges[0].delimiters) == b"UNA:+.? '" + edifact()
    assert write(plain, delimiters=batch.interchanges[0].delimiters) == edifact()


def test_the_decimal_mark_stays():
    written = write(read(b"UNA:+,? '" + edifact("QTY+21:1,5")), delimiters=Delimiters(b"|", b"'", b":", release=b"?"))

    assert written.startswith(b"UNA:|,? '")
    assert b"QTY|21:1,5'" in written


def test_one_interchange_of_several():
    batch = read(x12() + b"\n" + edifact("FTX+AAI") + b"\n" + x12("N1*ST"))

    assert write(batch, 1) == edifact("FTX+AAI") + b"\n"
    assert write(batch, -1) == x12("N1*ST")


def test_a_trailer_gets_its_terminator_with_other_delimiters():
    marks = Delimiters(element=b"|", segment=b"'", component=b":", release=b"?")

    assert write(read(edifact()[:-1] + b"?\n"), delimiters=marks).endswith(b"UNZ|1|REF'")


def test_only_the_interchange_that_is_written_must_allow_the_delimiters():
    marks = Delimiters(element=b"|", segment=b"'", component=b":", release=b"?")

    assert write(read(x12() + edifact()), 1, delimiters=marks).startswith(b"UNA:|.? 'UNB|")


@pytest.mark.parametrize(("marks", "said"), [
    ({"element": b"~", "segment": b"~"}, "the element and segment delimiters are equal"),
    ({"element": b"A"}, "the element delimiter is a letter or digit"),
    ({"element": b"\n"}, "the element delimiter is a space, newline"),
    ({"component": b" "}, "the component delimiter is a space"),
    ({"component": b""}, "the component delimiter is missing"),
    ({"repetition": b"!!"}, "the repetition delimiter is longer than one byte"),
    ({"element": b"\xe9"}, "would cut characters of utf-8"),
    ({"release": b"?"}, "X12 has no release character"),
])
def test_delimiters_that_cannot_be_used(marks, said):
    with pytest.raises(ConfigurationError, match=said):
        write(read(x12()), delimiters=replace(MARKS, **marks))


def test_versions_before_00402_have_no_repetition_separator():
    batch = read(x12().replace(b"^", b"U").replace(b"00501", b"00401"))

    with pytest.raises(ConfigurationError, match="before 00402"):
        write(batch, delimiters=MARKS)


@pytest.mark.parametrize("newline", [b"x", b"\n" * 9, b"~"])
def test_newlines_that_cannot_be_used(newline):
    with pytest.raises(ConfigurationError, match="newline for interchange 1"):
        write(read(x12()), newline=newline)


def changed(batch: Batch, old: str, new: str) -> Batch:
    """Return a batch with one value replaced."""
    values = batch.table.values.to_pylist()
    assert values.count(old) == 1
    return replace(batch, table=replace(batch.table, values=pa.array([new if one == old else one for one in values], pa.string())))


def test_a_value_with_a_delimiter_is_refused_with_its_place():
    with pytest.raises(UnwritableError, match=r"transaction 1, segment 3, tag REF, element 2, .*the value holds a delimiter") as refused:
        write(read(x12("REF*A*B|C")), delimiters=MARKS)

    assert (refused.value.place.tag, refused.value.place.element) == ("REF", 2)


def test_a_value_with_the_terminator_of_several_bytes_is_refused():
    with pytest.raises(UnwritableError, match=r"tag REF, element 1, .*holds the segment terminator"):
        write(read(x12("REF*wait\u2026")), delimiters=replace(MARKS, segment="\u2026".encode()))


def test_repetitions_without_a_separator_are_refused():
    with pytest.raises(UnwritableError, match=r"tag REF, element 1, .*no repetition separator"):
        write(read(x12("REF*A^B")), delimiters=replace(MARKS, repetition=None))


def test_characters_that_the_character_set_lacks_are_refused():
    batch = changed(read(edifact("FTX+AAI+++caf\u00e9")), "caf\u00e9", "5 \u20ac")

    with pytest.raises(UnwritableError, match=r"tag FTX, element 4, .*iso8859-1 lacks"):
        write(batch)


def test_what_our_reader_would_refuse_is_refused():
    with pytest.raises(UnwritableError, match=r"SE, element 1: our reader would refuse it for x12\.se01_count") as refused:
        write(changed(read(x12()), "3", "4"))

    assert [finding.code for finding in refused.value.findings] == ["x12.se01_count"]


@pytest.mark.parametrize(("old", "new"), [("BEG", "ISA"), ("BEG", "\n")])
def test_what_would_be_read_as_something_else_is_refused(old, new):
    with pytest.raises(UnwritableError):
        write(changed(read(x12()), old, new))


def test_binary_data_is_refused_where_its_length_is_wrong():
    with pytest.raises(UnwritableError, match="the value holds a delimiter"):
        write(changed(read(x12("BIN*7*a~b*c\n:")), "7", "6"))


def test_an_object_of_a_wrapped_file_is_not_kept_and_refused():
    text = f"{UNB}UNO+1+a:b+1+200'{'x' * 200}UNP+200+1'UNZ+1+REF'"
    batch = read("\n".join(text[at:at + 80] for at in range(0, len(text), 80)).encode())

    assert [finding.code for finding in batch.findings] == ["detect.wrapped"]
    with pytest.raises(UnwritableError, match="the object behind this UNO was not kept"):
        write(batch)


def test_an_object_too_long_to_keep_is_told_and_refused():
    data = f"{UNB}UNO+1+a:b+1+200'{'x' * 200}UNP+200+1'UNZ+1+REF'".encode()
    batch = read(data, limits=Limits(max_segment_bytes=100))

    assert [finding.code for finding in batch.findings] == ["envelope.long_object"]
    with pytest.raises(UnwritableError, match="the object behind this UNO was not kept"):
        write(batch)


def test_files_that_could_not_be_read_whole_are_refused():
    with pytest.raises(UnwritableError, match="not all of it could be read"):
        write(read(b"no EDI at all"))


def test_a_stream_is_written_part_by_part(tmp_path):
    data = x12(*(f"PO1*{at}*12*EA" for at in range(500)))
    (tmp_path / "large.x12").write_bytes(data)
    limits = Limits(part_bytes=1000, max_part_bytes=2000)

    parts = list(write_parts(stream(tmp_path / "large.x12", limits=limits)))

    assert len(parts) > 4
    assert b"".join(parts) == data
    with pytest.raises(UnwritableError, match="part of a stream"):
        write(next(stream(tmp_path / "large.x12", limits=limits)))


@pytest.mark.parametrize("size", range(60, 200, 20))
def test_a_stream_is_not_cut_inside_characters_of_two_bytes(tmp_path, size):
    text = "".join(f"FTX+AAI+++{chr(code)}\u8a9e'" for code in range(0x410, 0x430))  # Cyrillic in ISO 2022 has octets that end segments
    data = f"{UNB.replace('UNOC', 'UNOX')}UNH+1+ORDERS:D:96A:UN'{text}UNT+{text.count('FTX') + 2}+1'UNZ+1+REF'".encode("iso2022_jp_2")
    (tmp_path / "large.edi").write_bytes(data)

    parts = write_parts(stream(tmp_path / "large.edi", limits=Limits(part_bytes=size, max_part_bytes=size)))

    assert b"".join(parts) == data


def test_errors_of_a_stream_are_raised_where_they_are_met(tmp_path):
    (tmp_path / "large.x12").write_bytes(x12(*(f"PO1*{at}*12*EA" for at in range(500))).replace(b"SE*503", b"SE*7"))

    with pytest.raises(UnwritableError, match=r"x12\.se01_count"):
        list(write_parts(stream(tmp_path / "large.x12", limits=Limits(part_bytes=1000, max_part_bytes=2000))))


def test_a_segment_too_large_to_be_held_is_refused_whatever_may_be_written(tmp_path):
    (tmp_path / "large.x12").write_bytes(x12("NTE**" + "x" * 9000))
    limits = Limits(part_bytes=500, max_part_bytes=1000, max_segment_bytes=2000)

    with pytest.raises(UnwritableError, match=r"tag NTE.*: not all of it could be read") as refused:
        list(write_parts(stream(tmp_path / "large.x12", limits=limits), limits=Limits()))

    assert [finding.code for finding in refused.value.findings] == ["limits.segment_bytes"]


@pytest.mark.parametrize(("declared", "charset"), [("UNOC:3", "latin-1"), ("UNOD:3", "iso8859-2"), ("UNOW:4", "utf-8")])
def test_a_changed_value_is_written_in_the_declared_character_set(declared, charset):
    plain = edifact("FTX+AAI+++Koeln").replace(b"UNOC:3", declared.encode())

    assert write(changed(read(plain), "Koeln", "K\u00f6ln")) == plain.replace(b"Koeln", "K\u00f6ln".encode(charset))


def test_a_character_that_the_declared_set_lacks_is_refused_though_all_else_is_ascii():
    with pytest.raises(UnwritableError, match=r"tag FTX, element 4, .*iso8859-1 lacks"):
        write(changed(read(edifact("FTX+AAI+++Koeln")), "Koeln", "5 \u20ac"))


def test_a_delimiter_that_is_the_decimal_mark_is_refused():
    marks = Delimiters(element=b"|", segment=b"~", component=b".", release=b"?")

    with pytest.raises(ConfigurationError, match="the component delimiter is the decimal mark"):
        write(read(edifact("QTY+21:1.5")), delimiters=marks)
