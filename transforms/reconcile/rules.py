"""A reconciliation rule as an analyst writes it (data/rules/*.toml), read into frozen values; SQL is made from these only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, NoReturn, TypeVar

from edi.errors import ConfigurationError
from transforms.reconcile.vocabulary import AMOUNTS, COMPARISONS, TOLERANCES, VALUES

KINDS = ("match", "check")
PLACEHOLDERS = ("subject", "left", "right", "amount", "currency", "quantity")

_NAME = re.compile(r"[a-z][a-z_0-9]*")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Side:
    """One side: a view of ``views/*.sql`` and how the rows of one key become one.

    ``amount`` and ``currency`` need no mention: money is summed, and unknown where currencies meet.
    """

    view: str
    sum: tuple[str, ...] = ()
    first: tuple[str, ...] = ()  # of the first row that states one
    same: tuple[str, ...] = ()  # null where rows disagree
    latest: tuple[str, ...] = ()
    any: tuple[str, ...] = ()  # booleans

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the rule takes from the view, beside those that all views have."""
        return (*self.sum, *self.first, *self.same, *self.latest, *self.any)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Keys that are not compared (yet), with the reason."""

    reason: str
    when: str
    left: str = ""
    right: str = ""
    scope: tuple[str, ...] = ()
    until: str = ""  # column with the last date on which the exclusion holds
    unless: tuple[str, ...] = ()  # classes that take precedence


@dataclass(frozen=True, slots=True)
class BreakClass:
    """A way to disagree: the comparison, how large it is, and what the person on duty reads."""

    code: str
    when: str  # a word of the vocabulary
    sentence: str
    left: str = ""
    right: str = ""
    tolerance: str = ""  # a tolerance of the agreement
    times: str = ""  # column by which the tolerance is multiplied
    scope: tuple[str, ...] = ()  # missing: only where nothing with these keys is there
    due: str = ""  # column with the last date on which it is not a break yet, but excluded as not_due
    unless: tuple[str, ...] = ()  # classes that take precedence
    per: tuple[str, ...] = ()  # one break for each of these; the rule's key where not given
    subject: tuple[str, ...] = ()  # the rule's subject where not given
    value: str = "amount"  # how both sides' values are written
    amount: str = "unknown"  # money at stake


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: two sides matched by key, or one side checked row by row against what is looked up for it."""

    rule_id: str
    title: str
    kind: str
    left: Side
    key: tuple[str, ...]
    subject: tuple[str, ...]
    classes: tuple[BreakClass, ...]
    right: Side | None = None
    exclusions: tuple[Exclusion, ...] = field(default=())

    @property
    def is_match(self) -> bool:
        """Tell whether what only the right side has is judged too."""
        return self.kind == "match"


def parse_rule(rule_id: str, toml: Mapping[str, object]) -> Rule:
    """Read a rule as data/rules/<rule_id>.toml has it.

    Raises:
        ConfigurationError: for unknown keys, wrong types and words that the vocabulary does not have.
    """
    where = f"data/rules/{rule_id}.toml"
    content: dict[str, Any] = dict(toml)
    content["left"] = _side(where, "left", content.get("left"))
    if "right" in content:
        content["right"] = _side(where, "right", content["right"])
    content["exclusions"] = tuple(_build(Exclusion, where, f"exclude[{at}]", each) for at, each in _tables(where, content, "exclude"))
    content["classes"] = tuple(_build(BreakClass, where, f"class[{at}]", each) for at, each in _tables(where, content, "class"))
    rule = _build(Rule, where, "", {**content, "rule_id": rule_id}, ready=("left", "right", "exclusions", "classes"))
    _check(where, rule)
    return rule


def _tables(where: str, content: dict[str, Any], key: str) -> list[tuple[int, object]]:
    tables = content.pop(key, [])
    if not isinstance(tables, Sequence) or isinstance(tables, str):
        _refuse(where, key, f"write it as [[{key}]]")
    return list(enumerate(tables, start=1))


def _side(where: str, key: str, content: object) -> Side:
    if content is None:
        _refuse(where, key, "add it; it names the view of the side")
    return _build(Side, where, key, content)


def _build(made: type[Made], where: str, key: str, content: object, *, ready: tuple[str, ...] = ()) -> Made:
    """Make a value from a table: every key known, every type right."""
    prefix = f"{key}." if key else ""
    if not isinstance(content, Mapping):
        _refuse(where, key, "write it as a table")
    known = {each.name: each for each in fields(made)}  # type: ignore[arg-type]  # the callers name dataclasses only
    for name in content:
        if name not in known:
            _refuse(where, f"{prefix}{name}", f"unknown key; remove it or use one of {', '.join(sorted(set(known) - {'rule_id', *ready}))}")
    for name, each in known.items():
        if each.default is MISSING and name not in content:
            _refuse(where, f"{prefix}{name}", "is missing; add it")
    return made(**{name: value if name in ready else _typed(where, f"{prefix}{name}", value, known[name].type)
                   for name, value in content.items()})


def _typed(where: str, key: str, value: object, kind: object) -> object:
    if kind == "str":
        if not isinstance(value, str):
            _refuse(where, key, "must be a text; put it in quotes")
        return value
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        _refuse(where, key, 'must be a list of texts, such as ["order_key"]')
    return tuple(value)


def _check(where: str, rule: Rule) -> None:
    """Refuse words that mean nothing, and names that are not names: they become SQL."""
    _one_of(where, "kind", rule.kind, KINDS)
    if rule.is_match and rule.right is None:
        _refuse(where, "right", "a match has two sides; add it, or make the rule a check")
    if not rule.classes:
        _refuse(where, "class", "a rule without classes finds nothing; add one as [[class]]")
    if len({each.code for each in rule.classes}) < len(rule.classes):
        _refuse(where, "class", "a class code occurs twice; give each its own")
    sides = [each for each in (rule.left, rule.right) if each]
    names = [rule.rule_id, *rule.key, *rule.subject, *(name for side in sides for name in (side.view, *side.columns))]
    _names(where, "names", names)
    for at, exclusion in enumerate(rule.exclusions, start=1):
        _one_of(where, f"exclude[{at}].when", exclusion.when, COMPARISONS)
        for other in exclusion.unless:
            _one_of(where, f"exclude[{at}].unless", other, [each.code for each in rule.classes])
        _names(where, f"exclude[{at}]", [exclusion.reason, exclusion.left, exclusion.right, exclusion.until, *exclusion.scope])
    for at, each in enumerate(rule.classes, start=1):
        _check_class(where, f"class[{at}]", each, [other.code for other in rule.classes])


def _check_class(where: str, key: str, each: BreakClass, codes: list[str]) -> None:
    _one_of(where, f"{key}.when", each.when, COMPARISONS)
    _one_of(where, f"{key}.value", each.value, VALUES)
    _one_of(where, f"{key}.amount", each.amount, AMOUNTS)
    if each.tolerance:
        _one_of(where, f"{key}.tolerance", each.tolerance, TOLERANCES)
    for other in each.unless:
        _one_of(where, f"{key}.unless", other, [code for code in codes if code != each.code])
    for name in _PLACEHOLDER.findall(each.sentence):
        _one_of(where, f"{key}.sentence", name, PLACEHOLDERS)
    _names(where, key, [each.code, each.left, each.right, each.times, each.due, *each.scope, *each.per, *each.subject])


def _names(where: str, key: str, names: Sequence[str]) -> None:
    for name in names:
        if name and not _NAME.fullmatch(name):
            _refuse(where, key, f"{name!r} is not a name; use lower case letters, digits and _")


def _one_of(where: str, key: str, value: str, known: Sequence[str] | Mapping[str, object]) -> None:
    if value not in known:
        _refuse(where, key, f"{value!r} is not known; use one of {', '.join(sorted(known))}")


def _refuse(where: str, key: str, remedy: str) -> NoReturn:
    raise ConfigurationError(f"{where}: {key}: {remedy}")
