"""Partners that began to number their interchanges anew: those in their files, and those that a person approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from getpass import getuser
from typing import Any

from sqlalchemy.engine import Engine

from edi.errors import ConfigurationError
from flows.definitions import Definitions, load_definitions
from flows.settings import Settings
from storage.database import open_database, reading
from storage.epochs import begin_epoch, epochs


def with_restarts(definitions: Definitions, engine: Engine) -> Definitions:
    """Return definitions whose agreements have the approved dates beside those of their files."""
    with reading(engine) as connection:
        approved = epochs(connection)
    return replace(definitions, agreements=tuple(
        replace(each, epochs=tuple(sorted({*each.epochs, *approved.get(each.partner_id, ())}))) for each in definitions.agreements))


def begin(settings: Settings, partner_id: str, begins: date, reason: str) -> bool:
    """Approve that a partner's numbering begins again on a business date; False where it was approved before.

    Raises:
        ConfigurationError: there is no such partner, or no reason.
    """
    definitions = load_definitions(settings)
    if definitions.agreement(partner_id) is None:
        known = ", ".join(sorted(each.partner_id for each in definitions.agreements))
        raise ConfigurationError(f"no partner is called {partner_id}; there are {known}")
    if not reason.strip():
        raise ConfigurationError("--reason is empty; say who decided and why, the audit keeps it")
    return begin_epoch(open_database(settings.database_url), partner_id, begins, reason=reason.strip(), by=getuser())


def listed(settings: Settings) -> list[dict[str, Any]]:
    """Return the dates by partner; ``approved`` are those of the ledger, the others stand in the partner's file."""
    with reading(open_database(settings.database_url)) as connection:
        approved = epochs(connection)
    return [{"partner": each.partner_id, "begins": begins.isoformat(), "approved": begins in approved.get(each.partner_id, ())}
            for each in load_definitions(settings).agreements
            for begins in sorted({*each.epochs, *approved.get(each.partner_id, ())})]
