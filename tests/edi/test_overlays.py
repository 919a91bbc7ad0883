"""A partner's overrides: a guide in, a guide out, and a file that an analyst can read."""

from __future__ import annotations

import tomllib

import pytest

from edi.errors import ConfigurationError
from edi.guidemodel import Guide, Item, Segment, Usage
from edi.guides import guide_for
from edi.overlayfile import Overlay, parse_overlay
from edi.overlays import applies, overlay, partner_guide
from edi.x12 import hipaa

HEAD = 'standard = "x12"\ntype_code = "850"\nversion = "004010"\n'
EDIFACT = 'standard = "edifact"\ntype_code = "ORDERS"\nversion = "D:96A"\n'


def read(text: str) -> Overlay:
    return parse_overlay("acme_850.toml", tomllib.loads(text))


def changed(text: str, head: str = HEAD) -> Guide:
    return partner_guide(read(head + text))


def refusal(text: str, head: str = HEAD) -> str:
    with pytest.raises(ConfigurationError) as refused:
        changed(text, head)
    return str(refused.value)


def at(guide: Guide, *steps: str) -> Item:
    items, found = guide.items, None
    for step in steps:
        found = next(item for item in items if step in (item.name, item.tag))
        items = found.items
    assert found is not None
    return found


def segment(guide: Guide, *steps: str) -> Segment:
    item = at(guide, *steps)
    trigger = item.items[0] if item.items else item
    return trigger.segment or guide.segments[trigger.tag]


def test_an_override_in_one_place_leaves_the_others_as_they_were() -> None:
    guide = changed('[[narrow]]\nat = "PO1/N1"\nelement = 1\ncodes = ["ST"]')

    assert segment(guide, "PO1", "N1").elements[0].parts[0].codes == {"ST"}
    assert "BY" in segment(guide, "N1").elements[0].parts[0].codes or not segment(guide, "N1").elements[0].parts[0].codes


def test_narrowing_makes_mandatory_and_lowers_maximum_and_length() -> None:
    guide = changed('''
        [[narrow]]
        at = "N1"
        usage = "mandatory"
        maximum = 3
        [[narrow]]
        at = "BEG"
        element = 3
        longest = 10
        [[narrow]]
        at = "PO1"
        element = 1
        usage = "mandatory"
    ''')

    assert (at(guide, "N1").usage, at(guide, "N1").repeat) == (Usage.MANDATORY, 3)
    assert segment(guide, "BEG").elements[2].parts[0].longest == 10
    assert segment(guide, "PO1").elements[0].usage is Usage.MANDATORY


def test_adding_gives_a_segment_and_a_loop_a_place() -> None:
    guide = changed('''
        [[add]]
        after = "PO1/PID"
        structure = """
        NTE O 5
        loop LM O >1
          LM M 1
          LQ M 100
        """
    ''')
    line = [item.tag for item in at(guide, "PO1").items]
    place = line.index("NTE")

    assert line[place - 1:place + 2] == ["PID", "NTE", "LM"]
    assert [item.tag for item in at(guide, "PO1", "LM").items] == ["LM", "LQ"]
    assert {"NTE", "LM", "LQ"} <= set(guide.segments)


def test_adding_widens_codes_maximum_and_length_and_what_is_added_can_be_described() -> None:
    guide = changed('''
        [[add]]
        at = "BEG"
        element = 3
        longest = 35
        [[add]]
        at = "PER"
        maximum = ">1"
        [[add]]
        after = "PER"
        structure = "NTE O 5"
        [[narrow]]
        at = "NTE"
        usage = "mandatory"
    ''')

    assert segment(guide, "BEG").elements[2].parts[0].longest == 35
    assert at(guide, "PER").repeat == 10**9
    assert at(guide, "NTE").usage is Usage.MANDATORY


def test_forbidding_keeps_the_place_so_that_it_can_be_told() -> None:
    guide = changed('[[forbid]]\nat = "PO1/SDQ"\n[[forbid]]\nat = "PO1"\nelement = 5\n[[forbid]]\nat = "SAC"')

    assert at(guide, "PO1", "SDQ").usage is Usage.FORBIDDEN
    assert segment(guide, "PO1").elements[4].usage is Usage.FORBIDDEN
    assert at(guide, "SAC").usage is Usage.FORBIDDEN


def test_components_of_edifact_are_named_by_element_and_component() -> None:
    guide = changed('''
        [[narrow]]
        at = "LIN/QTY"
        element = 1
        component = 1
        codes = ["21"]
        [[forbid]]
        at = "LIN/QTY"
        element = 1
        component = 3
    ''', EDIFACT)
    quantity, _, unit = segment(guide, "LIN", "QTY").elements[0].parts

    assert (quantity.codes, unit.usage) == ({"21"}, Usage.FORBIDDEN)


def test_one_of_several_is_named_by_a_code_of_its_own_and_an_added_code_is_recognized() -> None:
    pytest.importorskip("pyx12")
    base = hipaa.guide("837", "005010X222A1")
    definition = read('standard = "x12"\ntype_code = "837"\nversion = "005010X222A1"\n[[add]]\nat = "2000A/2000B/2300/REF[G1]"\n'
                      'element = 1\ncodes = ["G9"]')
    assert base is not None
    claim = at(overlay(base, definition.changes), "2000A", "2000B", "2300")
    numbers = [item.selectors[0].codes for item in claim.items if item.tag == "REF"]

    assert {"G1", "G9"} in numbers and {"9F"} in numbers


def test_the_result_is_archived_under_its_own_hash_and_the_same_changes_give_the_same() -> None:
    text = '[[forbid]]\nat = "PO1/SDQ"'

    assert changed(text).is_implementation and changed(text).edition == "004010"
    assert changed(text).hash == changed(text).hash != changed('[[forbid]]\nat = "SAC"').hash
    assert '"usage":"X"' in changed(text).text


def test_a_definition_is_about_one_guide_of_one_version() -> None:
    definition = read(HEAD)
    of_industry, other, near = (guide_for("x12", "850", version) for version in ("004010VICS", "005010", "004060"))
    assert of_industry and other and near

    assert applies(definition, of_industry)
    assert not applies(definition, other)
    assert not applies(definition, near)  # checked by the guide of 004010, but not what was agreed


def test_a_guide_that_is_not_there_is_refused() -> None:
    assert "there is no guide of 850 D:96A; write the version as the guide has it" in refusal("", HEAD.replace("004010", "D:96A"))


def test_codes_of_an_association_are_its_own_and_those_of_the_un_can_be_added_to() -> None:
    add = '[[add]]\nat = "BGM"\nelement = 3\ncodes = ["ZZ9"]'

    assert "the guide allows any code here" in refusal(add, EDIFACT)
    assert {"9", "ZZ9"} < segment(changed('association = ""\n' + add, EDIFACT), "BGM").elements[2].parts[0].codes


@pytest.mark.parametrize(("entry", "told"), [
    ('[[narrow]]\nat = "PO1/N7"\nmaximum = 1', "acme_850.toml: [[narrow]] 1: N7 is not there; there are"),
    ('[[narrow]]\nat = "PO9/N1"\nmaximum = 1', "PO9 is not there"),
    ('[[forbid]]\nat = "BEG"\nelement = 40', "BEG has 12 elements that the guide describes; correct the number of the element"),
    ('[[forbid]]\nat = "BEG"\nelement = 1\ncomponent = 3', "the element has 1 components"),
    ('[[add]]\nafter = "BEG"\nstructure = "QQQ O 1"', "QQQ is no segment of 004010; correct the tag"),
    ('[[narrow]]\nat = "CUR"\nmaximum = 4', "maximum is 1 already, which is narrower; put it under [[add]]"),
    ('[[add]]\nat = "PER"\nmaximum = 1', "maximum is 3 already, which is wider; put it under [[narrow]]"),
    ('[[narrow]]\nat = "BEG"\nelement = 1\ncodes = ["QQ"]', "the guide's list does not have QQ; correct the code, or put it under [[add]]"),
    ('[[add]]\nat = "BEG"\nelement = 3\ncodes = ["A"]', "the guide allows any code here"),
])
def test_what_does_not_fit_the_guide_is_refused_with_a_remedy(entry: str, told: str) -> None:
    assert told in refusal(entry)


@pytest.mark.parametrize(("entry", "told"), [
    ('[[narow]]\nat = "BEG"', "acme_850.toml: narow: unknown key; remove it or use one of standard, type_code"),
    ('[[narrow]]\nat = "BEG"\nmax = 2', "[[narrow]] 1: max: unknown key"),
    ('[[forbid]]\nat = "BEG"\nmaximum = 2', "[[forbid]] 1: maximum: unknown key"),
    ('[[narrow]]\nmaximum = 2', 'at: is missing or no text; write at = "..."'),
    ('[[narrow]]\nat = "BEG"\nmaximum = "two"', "maximum: is no number"),
    ('[[narrow]]\nat = "BEG"\nelement = true\ncodes = ["00"]', "element: is no number"),
    ('[[narrow]]\nat = "BEG"\nelement = 1\ncodes = "00"', "codes: is no list of texts"),
    ('[[narrow]]\nat = "BEG"\nusage = "optional"', "usage: can only be mandatory here"),
    ('[[narrow]]\nat = "BEG"\ncodes = ["00"]', "says what a value looks like, and not of which element; add element = NUMBER"),
    ('[[narrow]]\nat = "BEG"', "changes nothing"),
    ('[[narrow]]\nat = "PO1 / N1"\nmaximum = 1', "at: is no place"),
    ('[[add]]\nafter = "BEG"\nstructure = "NTE sometimes"', "structure: 'NTE sometimes' cannot be read"),
    ('[[add]]\nafter = "BEG"\nstructure = "loop N9 O 5"', "structure: 'loop N9 O 5' does not go with the lines below it"),
    ('[[add]]\nafter = "BEG"\nstructure = "NTE O 5"\ncodes = ["A"]', "codes: does not go with after and structure"),
    ('narrow = "BEG"', "narrow: is no list of entries; write each as [[narrow]]"),
])
def test_a_file_that_cannot_be_read_is_refused_with_a_remedy(entry: str, told: str) -> None:
    assert told in refusal(entry)


@pytest.mark.parametrize(("head", "told"), [
    ('standard = "x12"\ntype_code = "850"', "version: is missing or no text"),
    ('standard = "tradacoms"\ntype_code = "850"\nversion = "9"', "standard: is neither x12 nor edifact"),
])
def test_a_head_that_is_not_complete_is_refused(head: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        read(head)
