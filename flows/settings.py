"""Where things lie and how a night is cut: read from ``crossfoot.toml`` and ``CROSSFOOT_*``, refused with file, key and remedy."""

from __future__ import annotations

import os
import tomllib
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from edi.errors import ConfigurationError
from edi.limits import Limits

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """Refuses unknown keys and cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def known_zone(name: str) -> str:
    """Return the name of a time zone, or raise a ValueError that says how to write one."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"is no time zone: {name}; write one such as Europe/Berlin") from error
    return name


class Drop(Strict):
    """A folder where files arrive."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", description="Name of the source, kept with every arrival")
    folder: Path
    complete_when: Literal["renamed", "done", "stable"] = "renamed"
    afterwards: Literal["move", "delete", "keep"] = "move"
    wait_days: int = Field(default=1, ge=0, le=365, description="How many nights the rest of a file that breaks off is waited for")


class Settings(Strict):
    """All settings of a deployment. Relative folders are relative to the settings file."""

    deployment: str = Field(default="local", pattern=r"^[a-z][a-z0-9_-]*$")
    environment: Literal["production", "test"] = "production"
    data: Path = Path("data")
    home: Path = Path("var")
    database: str = ""
    time_zone: str = "UTC"
    slot: time = time(2, 0)
    drops: tuple[Drop, ...] = ()
    packet_bytes: int = Field(default=64 * 2**20, ge=1)
    packet_files: int = Field(default=10_000, ge=1)
    workers: int = Field(default=2, ge=1, le=64)
    reading_seconds: int = Field(default=900, ge=1, description="How long reading one packet may take; longer is taken for a hang")
    reading_memory: int = Field(default=4 * 2**30, ge=2**20, description="By how many bytes a process may grow while it reads one packet")
    lease_seconds: int = Field(default=600, ge=1, description="How long after its last sign of life a run is taken for gone")
    limits: Limits = Limits()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return known_zone(name)

    @field_validator("limits", mode="before")
    @classmethod
    def _known_limits(cls, limits: Any) -> Any:
        known = [field.name for field in fields(Limits)]
        if not isinstance(limits, dict):
            return limits
        for name in limits:
            if name not in known:
                raise ValueError(f"has no {name}; known limits: {', '.join(known)}")
        try:
            return Limits(**limits)
        except ConfigurationError as error:
            raise ValueError(str(error)) from None

    @property
    def landing(self) -> Path:
        """The archive of what arrived."""
        return self.home / "landing"

    @property
    def lake(self) -> Path:
        """The Parquet files and their manifest."""
        return self.home / "lake"

    @property
    def outbox(self) -> Path:
        """Where acknowledgments are written."""
        return self.home / "outbox"

    @property
    def reports(self) -> Path:
        """Where reports are written."""
        return self.home / "reports"

    @property
    def database_url(self) -> str:
        """The primary database: SQLite in ``home`` unless another is named."""
        return self.database or f"sqlite:///{self.home / 'crossfoot.sqlite'}"

    def wait_days(self, source: str) -> int:
        """Return how many nights a source's files that break off are waited for; what a person hands in is taken as it is: 0."""
        return next((drop.wait_days for drop in self.drops if drop.name == source), 0)

    def slot_at(self, business_date: date) -> datetime:
        """Return the instant of a night: the morning after its business date, at the slot, in UTC."""
        if not date(1900, 1, 1) <= business_date <= date(2999, 12, 31):
            raise ConfigurationError(f"{business_date} is no business date of ours; write one between 1900 and 2999")
        local = datetime.combine(business_date + timedelta(days=1), self.slot, ZoneInfo(self.time_zone))
        return local.astimezone(UTC)


def validated(model: type[Model], content: Any, *, path: Path | str) -> Model:
    """Read content into a model.

    Raises:
        ConfigurationError: naming file, key and remedy for every key that is wrong.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_url=False, include_input=False):
            key = ".".join(str(part) for part in problem["loc"]) or "(whole file)"
            unknown = problem["type"] == "extra_forbidden"
            remedy = f"remove it or correct its spelling; known keys here: {', '.join(known_keys(model, problem['loc']))}" if unknown \
                else "correct it"
            lines.append(f"{path}: {key}: {'unknown key' if unknown else problem['msg']}; {remedy}")
        raise ConfigurationError("\n".join(lines)) from None


def known_keys(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """Return the keys that the model knows at the place where an unknown one was found."""
    for part in location[:-1]:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation if part in model.model_fields else None
        kinds = (annotation, *getattr(annotation, "__args__", ()))
        inner = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not inner:
            return []
        model = inner[0]
    return sorted(model.model_fields)


def read_toml(path: Path, *, option: str = "--settings") -> dict[str, Any]:
    """Read a TOML file that an option names; ConfigurationError names the file and line where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: no such file; write it, or name another with {option}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: is not valid TOML: {error}; correct the line") from None


def load_settings(path: Path | None = None, **overrides: Any) -> Settings:
    """Load settings from a file, then ``CROSSFOOT_DATABASE`` and the like, then overrides; all folders become absolute."""
    named = path or (Path(os.environ["CROSSFOOT_SETTINGS"]) if "CROSSFOOT_SETTINGS" in os.environ else None)
    default = Path("crossfoot.toml")
    source = named or (default if default.exists() else None)
    content = read_toml(source) if source else {}
    for key in ("database", "home", "data", "environment"):
        if value := os.environ.get(f"CROSSFOOT_{key.upper()}"):
            content[key] = value
    content.update({key: value for key, value in overrides.items() if value is not None})
    settings = validated(Settings, content, path=source or "settings")
    base = source.resolve().parent if source else Path.cwd()
    drops = tuple(drop.model_copy(update={"folder": base / drop.folder}) for drop in settings.drops)
    return settings.model_copy(update={"data": base / settings.data, "home": base / settings.home, "drops": drops})
