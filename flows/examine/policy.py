"""Against which guides files are checked, and how severe each finding is with each partner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from pathlib import Path

from edi.errors import ConfigurationError
from edi.findings import Finding
from edi.guidemodel import Guide
from edi.guides import Checker, Resolver, Subject, guide_for, shipped
from edi.limits import Limits
from edi.segments import Interchange
from flows.definitions import Definitions, load_definitions
from flows.guides import load_overlay, overridden
from flows.partners import by_policy, correspondence, partners_guide
from flows.settings import load_settings

NONE = "none"


@dataclass(frozen=True, slots=True)
class Policy:
    """How a file is judged: the guides (None: the syntax alone), and the severities of the partner that an interchange is from.

    Where there are settings, the guides are those that partners' agreements name.
    """

    guides: Resolver | None
    severity_of: Callable[[Interchange], Callable[[Finding], Finding]]
    limits: Limits = field(default_factory=Limits)

    def checker(self) -> Checker | None:
        """Return what checks documents against the guides, None where only the syntax counts."""
        return Checker(self.guides, max_depth=self.limits.max_depth) if self.guides else None


def policy_for(settings_path: Path | None, guides: Sequence[str]) -> Policy:
    """Return the policy of the settings, if there are any, with the guides that were asked for.

    Args:
        settings_path: settings that were named; those of the folder count too.
        guides: ``none``; a type and a version, ``850@005010``; or the path of a file of overrides.

    Raises:
        ConfigurationError: the settings are wrong, or there is no such guide.
    """
    definitions = _definitions(settings_path)
    return Policy(_resolver(guides, definitions), _severities(definitions), definitions.limits if definitions else Limits())


def _resolver(guides: Sequence[str], definitions: Definitions | None) -> Resolver | None:
    if NONE in guides:
        if len(guides) > 1:
            raise ConfigurationError("--guide none: goes with no other --guide; leave one of them out")
        return None
    files = [each for each in guides if each.endswith(".toml")]
    versions = dict(_named(each) for each in guides if each not in files)
    agreed: Resolver = partial(partners_guide, definitions=definitions) if definitions else shipped
    standard: Resolver = partial(_in_version, versions) if versions else agreed
    return reduce(overridden, (load_overlay(Path(each)) for each in files), standard)


def _named(guide: str) -> tuple[str, str]:
    """Read ``850@005010``: documents of type 850 are checked against this version, whatever they state."""
    type_code, _, version = guide.partition("@")
    if not type_code or not version:
        raise ConfigurationError(f"--guide {guide}: write a type and a version, such as 850@005010 or ORDERS@D:96A, the path of a file of "
                                 "overrides (.toml), or none")
    if guide_for(_standard(type_code), type_code, version) is None:
        raise ConfigurationError(f"--guide {guide}: there is no such guide; correct the type or the version")
    return type_code, version


def _standard(type_code: str) -> str:
    return "x12" if type_code.isdigit() else "edifact"


def _in_version(versions: dict[str, str], subject: Subject) -> Guide | None:
    return shipped(replace(subject, version=versions.get(subject.type_code, subject.version)))


def _definitions(settings_path: Path | None) -> Definitions | None:
    if settings_path is None and not Path("crossfoot.toml").exists():
        return None
    return load_definitions(load_settings(settings_path))


def _severities(definitions: Definitions | None) -> Callable[[Interchange], Callable[[Finding], Finding]]:
    if definitions is None:
        return lambda interchange: _unchanged
    return lambda interchange: partial(by_policy, whose=correspondence(interchange, definitions))


def _unchanged(finding: Finding) -> Finding:
    return finding
