"""What all commands share: dates as arguments, and our errors in one line each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edi.errors import ConfigurationError, ConservationError, CrossfootError, DeviceError, LeaseLostError, RetryableError

if TYPE_CHECKING:
    from flows.settings import Settings

EXIT = {ConfigurationError: 2, RetryableError: 75, LeaseLostError: 75, ConservationError: 3, DeviceError: 74}


class IsoDate(click.ParamType):
    """A business date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read it."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is no date; write it as 2026-03-02", param, ctx)


class Instant(click.ParamType):
    """An instant as YYYY-MM-DDTHH:MM, in UTC unless it says another offset."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it."""
        try:
            read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is no instant; write it as 2026-03-03T02:00", param, ctx)
        return read if read.tzinfo else read.replace(tzinfo=UTC)


def settings_of(path: Path | None) -> Settings:
    """Load the settings, by a package that takes longer to import than --help to answer."""
    from flows.settings import load_settings

    return load_settings(path)


@contextmanager
def told() -> Iterator[None]:
    """Tell our errors in one line each, without a traceback, with an exit status by remedy."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()  # what is left fails here, where it can be told, and not in the interpreter's hands at its end
    except BrokenPipeError:  # whoever read what we print has enough; click ends so too
        sys.exit(1)
    except CrossfootError as error:
        click.echo(f"crossfoot: {error}", err=True)
        sys.exit(next((status for kind, status in EXIT.items() if isinstance(error, kind)), 1))
