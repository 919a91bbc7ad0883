"""Reading whole files: the deviations that real senders make, one example each."""

from __future__ import annotations

from pathlib import Path

import pytest

from edi import Limits, SourceFile, read, read_files
from edi.findings import Severity
from edi.segments import Batch

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


def isa(control: str = "000000001", *, repetition: str = "U", version: str = "00401", usage: str = "P", component: str = ">") -> str:
    parties = "ISA*00*          *00*          *ZZ*SENDER         *01*RECEIVER       "
    return f"{parties}*241123*0130*{repetition}*{version}*{control}*1*{usage}*{component}~"


def x12(body: str = "BEG*00*SA*PO1~", control: str = "000000001") -> str:
    count = body.count("~") + 2
    return f"{isa(control)}GS*PO*S*R*20241123*0130*7*X*004010~ST*850*0001~{body}SE*{count}*0001~GE*1*7~IEA*1*{control}~"


def edifact(body: str = "BGM+220+PO1+9'", reference: str = "REF1", una: str = "") -> str:
    count = body.count("'") + 2
    head = f"UNB+UNOC:3+S:14+R:14+241123:0130+{reference}++++1++1'UNH+1+ORDERS:D:96A:UN:EAN008'"
    return f"{una}{head}{body}UNT+{count}+1'UNZ+1+{reference}'"


def codes(batch: Batch) -> list[str]:
    return [finding.code for finding in batch.findings]


def tags(batch: Batch) -> list[str]:
    return [str(tag) for tag in batch.table.tags.to_pylist()]


def value(batch: Batch, tag: str, element: int, component: int = 1, repetition: int = 1) -> str | None:
    found: str | None = batch.table.element(batch.table.select(tag), element, component, repetition)[0].as_py()
    return found


def test_an_x12_order() -> None:
    batch = read(x12().encode())
    one, group, those = batch.interchanges[0], batch.groups[0], batch.transactions
    assert codes(batch) == []
    assert tags(batch) == ["ISA", "GS", "ST", "BEG", "SE", "GE", "IEA"]
    assert (one.sender_qualifier, one.sender_id, one.receiver_qualifier, one.receiver_id) == ("ZZ", "SENDER", "01", "RECEIVER")
    assert (one.control_number, one.version, one.usage_code, one.acknowledgment_requested) == ("000000001", "00401", "production", True)
    assert (one.first_segment, one.stop_segment, one.offset, one.end) == (0, 7, 0, len(x12()))
    assert (group.functional_code, group.control_number, group.version, group.stated_count) == ("PO", "7", "004010", 1)
    assert (group.first_segment, group.stop_segment) == (1, 6)
    assert (those.type_code[0].as_py(), those.version[0].as_py(), those.control_number[0].as_py()) == ("850", "004010", "0001")
    assert (those.first_segment.tolist(), those.stop_segment.tolist(), those.group.tolist()) == ([2], [5], [0])
    assert batch.table.ordinal.tolist() == [0, 0, 1, 2, 3, 0, 0]
    assert batch.table.offset.tolist()[:3] == [0, 106, 106 + 35]


def test_an_edifact_order() -> None:
    batch = read(edifact().encode())
    one, those = batch.interchanges[0], batch.transactions
    assert codes(batch) == []
    assert (one.sender_id, one.sender_qualifier, one.control_number, one.version) == ("S", "14", "REF1", "UNOC:3")
    assert (one.usage_code, one.acknowledgment_requested, one.prepared) == ("test", True, "241123 0130")
    assert (those.type_code[0].as_py(), those.version[0].as_py(), those.association[0].as_py()) == ("ORDERS", "D:96A", "EAN008")
    assert those.group.tolist() == [-1]
    assert batch.groups == ()


def test_several_interchanges_with_different_delimiters_and_standards() -> None:
    other = x12(control="000000002").replace("*", "|").replace("~", "\n")
    batch = read((x12() + "\n" + other + edifact(una="UNA:+.? '") + x12(control="000000003")).encode())
    assert codes(batch) == []
    assert [one.standard for one in batch.interchanges] == ["x12", "x12", "edifact", "x12"]
    assert [one.control_number for one in batch.interchanges] == ["000000001", "000000002", "REF1", "000000003"]
    assert batch.type_codes == ["850", "850", "ORDERS", "850"]
    assert batch.transactions.interchange.tolist() == [0, 1, 2, 3]


def test_offsets_point_at_the_tag_whatever_stands_before() -> None:
    for wire in (x12().replace("~", "~\r\n"), "\ufeff" + x12(), "\n\n" + x12().replace("~", "~\n"), edifact(una="UNA:+.? '\r\n")):
        batch = read(wire.encode())
        data = wire.encode()
        starts = [data[at:at + len(tag)].decode() for at, tag in zip(batch.table.offset.tolist(), tags(batch), strict=True)]
        assert starts == tags(batch)


def test_a_byte_order_mark_is_noted_and_counted() -> None:
    batch = read(b"\xef\xbb\xbf" + x12().encode())
    assert codes(batch) == ["detect.bom"]
    assert batch.findings[0].severity is Severity.NOTE
    assert batch.interchanges[0].offset == 3


def test_isa_11_repeats_only_from_00402_and_never_a_letter() -> None:
    wire = x12("REF*A^B~").replace(isa(), isa(repetition="^", version="00501"))
    assert value(read(wire.encode()), "REF", 1, repetition=2) == "B"
    assert value(read(x12("REF*A^B~").encode()), "REF", 1) == "A^B"
    assert read(x12("REF*AUB~").replace(isa(), isa(version="00501")).encode()).interchanges[0].delimiters.repetition is None


def test_an_isa_of_another_length_is_counted_out() -> None:
    batch = read(x12().replace("SENDER         ", "SENDER").encode())
    assert codes(batch) == ["x12.isa_length"]
    assert batch.interchanges[0].sender_id == "SENDER"
    assert batch.type_codes == ["850"]


def test_an_isa_without_enough_elements_is_fatal_for_what_follows_it_only() -> None:
    batch = read(("ISA*00*broken~GS*PO~\n" + x12()).encode())
    assert codes(batch) == ["x12.isa_unreadable"]
    assert batch.findings[0].severity is Severity.FATAL
    assert batch.type_codes == ["850"]


def test_test_indicators() -> None:
    assert read(x12().replace(isa(), isa(usage="T")).encode()).interchanges[0].usage_code == "test"
    information = read(x12().replace(isa(), isa(usage="I")).encode())  # X12 I14 has it; what is for information is no money either
    assert (information.interchanges[0].usage_code, codes(information)) == ("test", [])
    assert codes(read(x12().replace(isa(), isa(usage="X")).encode())) == ["x12.isa15_code"]


def test_isa_inside_data_starts_nothing() -> None:
    batch = read(x12("MSG*VISA*ISA*UNB+UNOC~MSG*x ISA|00|~").encode())
    assert codes(batch) == []
    assert len(batch.interchanges) == 1


def test_ta1_between_isa_and_gs_and_alone() -> None:
    ta1 = "TA1*000000009*241123*0130*A*000~"
    assert codes(read(x12().replace("~GS", "~" + ta1 + "GS").encode())) == []
    alone = read((isa() + ta1 + "IEA*0*000000001~").encode())
    assert codes(alone) == []
    assert len(alone.transactions) == 0


def test_edifact_groups() -> None:
    wire = edifact().replace("UNH", "UNG+ORDERS+GS:1+GR:2+241123:0130+77+UN+D:96A'UNH").replace("UNZ+1", "UNE+1+77'UNZ+1")
    batch = read(wire.encode())
    assert codes(batch) == []
    assert (batch.groups[0].functional_code, batch.groups[0].control_number, batch.groups[0].version) == ("ORDERS", "77", "D:96A")
    assert batch.transactions.group.tolist() == [0]


def test_una_may_choose_any_release_character_or_none() -> None:
    assert value(read(edifact("FTX+a\\'b'", una="UNA:+.\\ '").encode()), "FTX", 1) == "a'b"
    assert value(read(edifact("FTX+a?b'", una="UNA:+.  '").encode()), "FTX", 1) == "a?b"


def test_syntax_4_repeats_with_an_asterisk_and_syntax_3_does_not() -> None:
    four = edifact("PIA+A*B'").replace("UNOC:3", "UNOC:4")
    assert value(read(four.encode()), "PIA", 1, repetition=2) == "B"
    assert value(read(edifact("PIA+A*B'").encode()), "PIA", 1) == "A*B"
    assert value(read(edifact("PIA+A*B'", una="UNA:+.?*'").encode()), "PIA", 1, repetition=2) == "B"


def test_newlines_are_never_separators_of_anything_less_than_segments() -> None:
    batch = read(x12().replace(">~", "~").replace("~", "\r\n").encode())
    assert batch.interchanges[0].delimiters.segment == b"\r"
    assert batch.type_codes == ["850"]
    assert read(edifact(una="UNA:+.?\n'").encode()).interchanges[0].delimiters.repetition is None
    assert codes(read(edifact(una="UNA\n+.? '").encode())) == ["envelope.outside"]


def test_eighty_columns() -> None:
    flat = x12("PID*F****" + "long description " * 9 + "~")
    wrapped = "\r\n".join(flat[at:at + 80] for at in range(0, len(flat), 80)) + "\r\n"
    batch, plain = read(wrapped.encode()), read(flat.encode())
    assert codes(batch) == ["detect.wrapped"]
    assert batch.table.values.equals(plain.table.values)
    assert batch.table.offset.tolist() == [at + at // 80 * 2 for at in plain.table.offset.tolist()]
    assert batch.interchanges[0].content_hash == plain.interchanges[0].content_hash


def test_two_interchanges_that_happen_to_be_of_one_length_are_no_wrapped_lines() -> None:
    second = edifact("BGM+220+1+9'")
    cut_short = x12("PID*F****" + "long description " * 9 + "~")[:len(second)]
    batch = read(f"{cut_short}\n{second}".encode())
    assert [one.standard for one in batch.interchanges] == ["x12", "edifact"]
    assert "detect.wrapped" not in codes(batch)


def test_a_single_newline_in_a_text_is_data() -> None:
    batch = read(edifact("FTX+first line\nsecond line'").encode())
    assert codes(batch) == []
    assert value(batch, "FTX", 1) == "first line\nsecond line"


def test_a_terminator_that_is_not_ascii() -> None:
    batch = read(x12().replace("~", "\u2026").encode())
    assert codes(batch) == []
    assert batch.interchanges[0].delimiters.segment == "\u2026".encode()
    assert tags(batch) == ["ISA", "GS", "ST", "BEG", "SE", "GE", "IEA"]


def test_text_before_between_and_after_is_outside() -> None:
    batch = read(f"From: someone\n\n{x12()}garbage~{x12(control='000000002')}\nthe end".encode())
    assert codes(batch) == ["envelope.outside"] * 3
    assert [finding.place.offset for finding in batch.findings] == [0, 15 + len(x12()), 15 + 2 * len(x12()) + len("garbage~\n")]
    assert batch.type_codes == ["850", "850"]


def test_transactions_outside_of_any_interchange_are_an_error() -> None:
    batch = read((x12() + "ST*850*0002~SE*2*0002~").encode())
    assert codes(batch) == ["envelope.orphan"]
    assert len(batch.transactions) == 1


def test_strays_inside_an_interchange() -> None:
    batch = read(x12().replace("GE*1*7", "SE*3*0009~GE*1*7").encode())
    assert codes(batch) == ["envelope.outside"]
    assert batch.findings[0].place.interchange == 1


def test_binary_segments_keep_their_bytes() -> None:
    batch = read(x12("BIN*9*ab~ISA*\n~~").replace("SE*5", "SE*3").encode())
    assert codes(batch) == []
    assert value(batch, "BIN", 2) == "ab~ISA*\n~"


def test_a_wrong_binary_length_is_a_finding() -> None:
    batch = read(x12("BIN*99*ab~").encode())
    assert codes(batch) == ["envelope.binary_length"]
    assert value(batch, "BIN", 2) == "ab"


def test_what_is_found_in_a_segment_names_it() -> None:
    """The third segments of the only transaction and message: BIN behind ST and BEG, FTX behind UNH and BGM."""
    for wire, code, tag, mark in (
        (x12("BEG*00*SA*PO1~BIN*99*ab~"), "envelope.binary_length", "BIN", "BIN"),
        (edifact("BGM+220+PO1+9'FTX+AAI+++A?B'"), "edifact.needless_release", "FTX", "?B"),
    ):
        (found,) = read(wire.encode()).findings
        place = found.place
        assert (found.code, place.interchange, place.transaction, place.segment, place.tag) == (code, 1, 1, 3, tag)
        assert place.offset == wire.index(mark)


def test_edifact_objects_are_passed_over() -> None:
    raw = "any 'bytes' +UNZ"
    wire = edifact().replace("UNZ+1", f"UNO+1+D:1+X:1+{len(raw)}'{raw}UNP+{len(raw)}+1'UNZ+2")
    batch = read(wire.encode())
    assert codes(batch) == []
    assert tags(batch)[-3:] == ["UNO", "UNP", "UNZ"]
    assert wire[batch.table.end[-3]:batch.table.offset[-2]] == raw


@pytest.mark.parametrize(("trailer", "wrong"), [
    ("UNP+7+1'", False), ("UNP+07+1'", False), ("UNP+7+2'", True), ("UNP+8+1'", True), ("UNP+7'", True), ("UNP++1'", True), ("UNP'", True)])
def test_unp_repeats_length_and_reference_of_uno(trailer: str, wrong: bool) -> None:
    batch = read(edifact().replace("UNZ+1", f"UNO+1+D:1+X:1+7'drawing\n{trailer}UNZ+2").encode())
    found = [(one.code, one.place.tag) for one in batch.findings if one.code != "envelope.newlines"]
    assert found == wrong * [("edifact.unp_reference", "UNP")]
    assert tags(batch)[-3:] == ["UNO", "UNP", "UNZ"]


def test_character_sets() -> None:
    def name(wire: bytes) -> tuple[str | None, list[str]]:
        batch = read(wire)
        return value(batch, "NAD" if b"NAD" in wire else "N1", 1), codes(batch)

    assert name(edifact("NAD+Jürgen'").encode("latin-1")) == ("Jürgen", [])
    assert name(edifact("NAD+Łódź'").replace("UNOC", "UNOD").encode("iso8859-2")) == ("Łódź", [])
    assert name(edifact("NAD+Łódź'").replace("UNOC", "UNOW").encode()) == ("Łódź", [])
    assert name(edifact("NAD+Jürgen'").encode())[1] == ["charset.looks_utf8"]
    assert name(x12("N1*Jürgen~").encode()) == ("Jürgen", [])
    assert name(x12("N1*J\xc3*\xa9~").encode("latin-1")) == ("J\xc3", ["charset.fallback"])
    assert name(x12("N1*Jürgen~").encode("latin-1")) == ("Jürgen", ["charset.fallback"])


@pytest.mark.parametrize("data", [b"", b"\r\n \x1a", b"\xef\xbb\xbf"])
def test_empty_files(data: bytes) -> None:
    batch = read(data)
    assert "detect.empty" in codes(batch)
    assert len(batch.table) == len(batch.transactions) == 0


@pytest.mark.parametrize("data", [
    b"STX=ANA:1+5000:X'MHD=1+ORDHDR:9'", b"hello", b"\x00\xff\xfe", b"ISAAC", b"UNB", b"<xml/>", b"a;b\n1;2\n"])
def test_unknown_files(data: bytes) -> None:
    batch = read(data)
    assert codes(batch) == ["detect.unknown"]
    assert batch.findings[0].severity is Severity.FATAL


def test_limits() -> None:
    long = x12("".join(f"REF*{at}~" for at in range(50)) + "MSG*" + "*".join("abcdefghij") + "~N1*" + ":".join("abc") + "~")
    small = Limits(max_elements=9, max_segment_bytes=23, max_repeats=2, max_file_bytes=10**4)
    long = long.replace(isa(), isa(component=":"))
    found = read(long.encode(), limits=small).findings
    assert {(finding.code, finding.place.tag) for finding in found if finding.place.transaction} == {
        ("limits.elements", "MSG"), ("limits.segment_bytes", "MSG"), ("limits.repeats", "N1")}
    assert codes(read(long.encode(), limits=Limits(max_file_bytes=99))) == ["limits.file_bytes"]


def test_too_many_notes_are_cut_but_errors_never() -> None:
    bad = x12("BEG*1~" + "~" * 20).replace("SE*23", "SE*9")
    found = codes(read(bad.encode(), limits=Limits(max_findings_per_file=5)))
    assert found.count("envelope.empty_segment") == 5
    assert found.count("x12.se01_count") == 1
    assert found[-1] == "limits.findings"


def test_content_hash_sees_content_only() -> None:
    def content(wire: str) -> str:
        return read(wire.encode()).interchanges[0].content_hash

    again = x12(control="000000777").replace("241123", "241231").replace("*7*X", "*8*X").replace("GE*1*7", "GE*1*8")
    assert content(again) == content(x12())
    assert content(x12().replace("*", "|").replace("~", "!\n")) == content(x12())
    assert content(edifact("FTX+a?'b'").replace("UNT+4", "UNT+3")) == content(
        edifact("FTX+a#'b'", una="UNA:+.# '").replace("UNT+4", "UNT+3").replace("REF1", "REF2"))
    others = [x12("BEG*00*SA*PO2~"), x12("BEG*00*SAP*O1~"), x12("BEG*00*SA>PO1~"), x12("BEG*00~SA*PO1~"), x12().replace("0001~", "0002~")]
    assert len({content(x12()), *map(content, others)}) == 6


def _as_read(batch: Batch, file: int) -> list[object]:
    """Everything that a batch says about one file, free of indices into the batch."""
    table, those = batch.table, batch.transactions
    segments = [at for at in range(len(table)) if table.file[at] == file]
    own = [at for at, one in enumerate(batch.interchanges) if one.file == file]
    return [
        [(table.nested(at), int(table.offset[at]), int(table.end[at]), int(table.ordinal[at])) for at in segments],
        [(one.control_number, one.ordinal, one.offset, one.end, one.content_hash, one.group_count, one.has_trailer)
         for one in (batch.interchanges[at] for at in own)],
        [(one.control_number, one.ordinal, one.stated_count) for one in batch.groups if one.interchange in own],
        [(those.type_code[t].as_py(), those.version[t].as_py(), int(those.ordinal[t]), int(those.ordinal_in_group[t]))
         for t in range(len(those)) if those.interchange[t] in own],
        [finding for finding in batch.findings if finding.place.file == table.files[file]],
    ]


def test_a_file_reads_the_same_whatever_it_is_read_with() -> None:
    wires = {
        "a": x12().encode(), "b": x12("BEG*2~~", "000000002").replace("~", "~\n").encode(), "c": edifact().encode(), "d": b"junk",
        "e": x12()[:-30].encode(), "f": ("x" * 9 + "\n" + x12()).encode(), "g": b"\xef\xbb\xbf" + x12().encode(), "h": b"",
        "i": (x12() + edifact()).encode(),
        "j": x12("N1*é~").encode("latin-1"), "k": edifact("FTX+a?+b\nc'").encode(), "l": x12()[:150].encode(),
    }
    files = [SourceFile(name, data) for name, data in wires.items()]
    together = {name: _as_read(batch, at) for batch in read_files(files) for at, name in enumerate(batch.table.files)}
    backwards = {name: _as_read(batch, at) for batch in read_files(files[::-1]) for at, name in enumerate(batch.table.files)}
    alone = {file.name: _as_read(next(read_files([file])), 0) for file in files}
    assert sorted(together) == sorted(wires)
    assert together == alone == backwards


@pytest.mark.parametrize("wire", [
    (x12("BIN*3*a~b~N1*é~") + x12(control="000000002")).replace("SE*6", "SE*4").encode("latin-1"),
    (edifact("FTX+a?'??b'", una="UNA:+.? '") + "\r\n" + edifact()).encode(),
])
def test_a_file_cut_anywhere_is_read_without_an_exception_and_never_as_whole(wire: bytes) -> None:
    for cut in range(len(wire)):
        batch = read(wire[:cut])
        assert len(batch.table.offset) == len(batch.table.end)
        complete = [one for one in batch.interchanges if one.has_trailer]
        assert len(complete) == len(batch.interchanges) or "envelope.missing_trailer" in codes(batch)
        assert len(batch.transactions) <= 2


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus of real files is not there")
def test_the_corpus_is_read_without_an_exception() -> None:
    listed = (line.split("\t") for line in (CORPUS / "MANIFEST.tsv").read_text().splitlines()[1:])
    rows = [(row[0], row[4], row[5], row[7]) for row in listed]
    files = [SourceFile(path, (CORPUS / path).read_bytes()) for path, *_ in rows]
    batches = {name: (batch, at) for batch in read_files(files) for at, name in enumerate(batch.table.files)}
    assert sorted(batches) == sorted(path for path, *_ in rows)
    for path, standard, types, verdict in rows:
        batch, at = batches[path]
        own = [one for one in batch.interchanges if one.file == at]
        assert {one.standard for one in own} == ({standard.lower()} - {"tradacoms"}), path
        wrong = {finding.code for finding in batch.findings if finding.place.file == path}
        assert ("x12.se01_count" in wrong) == ("SE01" in verdict), path
        assert ("edifact.unt_count" in wrong) == ("UNT01" in verdict), path
        assert ("edifact.unt_reference" in wrong) == ("UNT02" in verdict), path
        expected = sum(int(part.partition("x")[2] or 1) for part in types.split(","))
        count = sum(batch.interchanges[i].file == at for i in batch.transactions.interchange.tolist())
        if standard != "TRADACOMS" and types not in ("", "TA1"):
            assert count == expected, path
