"""Against which guides files are checked, and how severe each finding is with each partner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from edi.errors import ConfigurationError
from edi.findings import Finding
from edi.guides import Checker, Resolver, shipped
from edi.limits import Limits
from edi.segments import Interchange
from flows.definitions import Definitions, load_definitions
from flows.examine.wanted import Wanted, wanted
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
    unused: Callable[[], list[str]] = list  # a sentence for each guide that was asked for and applied to no document so far

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
    chosen = _chosen(guides, definitions)
    limits = definitions.limits if definitions else Limits()
    return Policy(chosen, _severities(definitions), limits, chosen.unused if chosen else list)


def _chosen(guides: Sequence[str], definitions: Definitions | None) -> Wanted | None:
    if NONE in guides:
        if len(guides) > 1:
            raise ConfigurationError("--guide none: goes with no other --guide; leave one of them out")
        return None
    agreed: Resolver = partial(partners_guide, definitions=definitions) if definitions else shipped
    return wanted(guides, agreed)


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
