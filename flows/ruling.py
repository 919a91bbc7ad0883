"""Conflicts for a person: both contents side by side, and approve or refuse; the next night carries it out."""

from __future__ import annotations

from getpass import getuser
from itertools import groupby
from typing import Any

from edi.errors import ConfigurationError
from flows.settings import Settings
from storage.database import open_database, reading
from storage.rulings import Contender, contenders, rule
from storage.tables import IDENTITY

SHOWN = 12  # digits of an id
_LEAST = 6


def conflicts(settings: Settings, *, settled: bool = False) -> list[dict[str, Any]]:
    """Return the contested control numbers with all contents that came under each.

    Args:
        settled: those too in which nothing waits for a person any more.
    """
    found = []
    for identity, every in groupby(_contenders(settings), key=lambda each: each.identity):
        those = list(every)
        if settled or any(each.verdict == "conflict" and each.ruling is None and not each.is_judged_anew for each in those):
            found.append({**dict(zip(IDENTITY, identity, strict=True)), "partner": those[0].partner_id,
                          "contenders": [_shown(each) for each in those]})
    return found


def decide(settings: Settings, prefix: str, ruling: str, reason: str) -> tuple[Contender, bool]:
    """Rule on the contender that an id, or its beginning, names; return it, and whether that is news.

    Raises:
        ConfigurationError: no contender or several have such an id, no reason is given, or the opposite was ruled.
    """
    if not reason.strip():
        raise ConfigurationError("--reason is empty; say who decided and why, the audit keeps it")
    named = [each for each in _contenders(settings) if each.interchange_id.startswith(prefix)] if len(prefix) >= _LEAST else []
    if len(named) != 1:
        what = "no contender has" if not named else f"{len(named)} contenders have"
        raise ConfigurationError(f"{what} an id that begins with {prefix[:SHOWN]}; `crossfoot conflicts` lists them, "
                                 f"and {_LEAST} digits are the least")
    engine = open_database(settings.database_url)
    return named[0], rule(engine, named[0].interchange_id, ruling, reason=reason.strip(), by=getuser())


def _contenders(settings: Settings) -> list[Contender]:
    with reading(open_database(settings.database_url)) as connection:
        return contenders(connection, deployment=settings.deployment)


def _shown(each: Contender) -> dict[str, Any]:
    return {
        "id": each.interchange_id[:SHOWN], "state": _state(each), "business_date": each.business_date.isoformat(), "file": each.file_hash,
        "name": each.name, "source": each.source, "interchange": each.interchange_ordinal, "documents": dict(each.documents),
        "money": {code: format(amount, "f") for code, amount in each.money}, "content": each.content_hash,
    }


def _state(each: Contender) -> str:
    if each.ruling is not None:
        return each.ruling if each.is_carried_out else f"{each.ruling}, carried out by the next run"
    if each.is_judged_anew:
        return "judged anew, its partner having begun to count again"
    return "held" if each.verdict == "conflict" else "loaded"
