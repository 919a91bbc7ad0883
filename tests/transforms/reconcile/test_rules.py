"""Rules as analysts write them: what is shipped reads, and what is wrong is refused with file, key and remedy."""

from __future__ import annotations

from typing import Any

import pytest

from edi.errors import ConfigurationError
from tests.transforms.reconcile.world import RULES, all_rules
from transforms.reconcile import parse_rule, rule_sql
from transforms.reconcile.prepare import needed
from transforms.reconcile.rules import KINDS, PLACEHOLDERS
from transforms.reconcile.vocabulary import AMOUNTS, COMPARISONS, TOLERANCES, VALUES

CLASS = {"code": "gone", "when": "right_missing", "sentence": "{subject} is gone."}
RULE: dict[str, Any] = {
    "title": "A rule", "kind": "match", "key": ["order_key"], "subject": ["order_number"],
    "left": {"view": "a"}, "right": {"view": "b"}, "class": [CLASS],
}


def test_the_rules_that_we_ship():
    assert len(all_rules()) == 18
    assert all(rule.title for rule in all_rules())


def test_a_rule_is_one_sql_text_that_depends_on_nothing_else():
    rule = parse_rule("mine", RULE)

    assert rule_sql(rule).text == rule_sql(parse_rule("mine", dict(reversed(RULE.items())))).text


@pytest.mark.parametrize(("change", "told"), [
    ({"colour": "red"}, "data/rules/mine.toml: colour: unknown key; remove it or use one of"),
    ({"title": 7}, "data/rules/mine.toml: title: must be a text; put it in quotes"),
    ({"key": "order_key"}, "data/rules/mine.toml: key: must be a list of texts"),
    ({"kind": "guess"}, "data/rules/mine.toml: kind: 'guess' is not known; use one of check, match"),
    ({"left": "a"}, "data/rules/mine.toml: left: write it as a table"),
    ({"left": {"view": "a", "colour": "red"}}, "left.colour: unknown key"),
    ({"left": {"view": "a; DROP TABLE orders"}}, "is not a name"),
    ({"class": []}, "a rule without classes finds nothing"),
    ({"class": {"code": "gone"}}, r"class: write it as \[\[class\]\]"),
    ({"class": [CLASS, CLASS]}, "occurs twice"),
    ({"class": [{**CLASS, "when": "vanished"}]}, r"class\[1\].when: 'vanished' is not known; use one of"),
    ({"class": [{**CLASS, "sentence": "{who} is gone."}]}, r"class\[1\].sentence: 'who' is not known"),
    ({"class": [{**CLASS, "tolerance": "patience"}]}, r"class\[1\].tolerance: 'patience' is not known"),
    ({"class": [{**CLASS, "unless": ["other"]}]}, r"class\[1\].unless: 'other' is not known"),
    ({"exclude": [{"reason": "not_due"}]}, r"exclude\[1\].when: is missing; add it"),
])
def test_what_is_wrong_is_refused_with_file_key_and_remedy(change, told):
    with pytest.raises(ConfigurationError, match=told):
        parse_rule("mine", RULE | change)


@pytest.mark.parametrize("name", ["title", "kind", "key", "left", "right"])
def test_what_is_missing_is_refused(name):
    with pytest.raises(ConfigurationError, match=f"data/rules/mine.toml: {name}: "):
        parse_rule("mine", {key: value for key, value in RULE.items() if key != name})


def test_the_guide_for_analysts_explains_every_word():
    guide = (RULES / "README.md").read_text(encoding="utf-8")
    words = (*COMPARISONS, *VALUES, *AMOUNTS, *TOLERANCES, *KINDS, *(f"{{{name}}}" for name in PLACEHOLDERS))

    assert [word for word in words if f"`{word}`" not in guide and f'"{word}"' not in guide] == []


def test_only_what_a_view_is_made_from_is_made() -> None:
    texts = [
        "-- Words.\nCREATE OR REPLACE TEMP MACRO twice(x) AS 2 * x;\n",
        "CREATE OR REPLACE TEMP TABLE lines AS SELECT 1 AS n;\nCREATE OR REPLACE TEMP TABLE sums AS SELECT sum(n) AS n FROM lines;\n"
        "CREATE OR REPLACE TEMP VIEW others AS\nSELECT * FROM elsewhere;\n",
        "CREATE OR REPLACE TEMP VIEW told AS SELECT twice(n) AS n\nFROM sums;\n",
    ]
    assert needed(texts, {"told"}) == [
        texts[0].partition("\n")[2], "CREATE OR REPLACE TEMP TABLE lines AS SELECT 1 AS n;\n",
        "CREATE OR REPLACE TEMP TABLE sums AS SELECT sum(n) AS n FROM lines;\n", texts[2]]
    assert needed(texts, ()) == [texts[0].partition("\n")[2]]
