"""A tree for a person: indented by loops, a line an element with its name, findings below the segment that they are about."""

from __future__ import annotations

from collections.abc import Iterator

from flows.examine.page import BOLD, DIM, Page
from flows.examine.text import show_finding
from flows.examine.tree import ElementShown, Entry, Heading, SegmentShown, Walker
from flows.examine.words import counted, printable

_STEP = 2  # columns a level
_DEEPEST = 12  # levels that are indented: what lies deeper is shown as deep as these
_HEADLINES = {
    "interchange": "Interchange {ordinal}: {standard} {control_number}, {sender} -> {receiver}, {usage}, {version}",
    "group": "Group {ordinal}: {functional_code} {control_number}, {version}",
    "transaction": "Transaction {ordinal}: {type_code} {control_number}, {version}",
    "loop": "Loop {name}",
}


class TextTree:
    """Prints entries as they come."""

    def __init__(self, page: Page, *, brief: bool) -> None:
        """Take where lines go, and whether a segment is a line."""
        self._page, self._brief = page, brief

    def add(self, entry: Entry) -> None:
        """Print an entry."""
        depth, what = entry
        indent = _STEP * min(depth, _DEEPEST)
        if isinstance(what, Heading):
            level = f", level {what.facts['level']}" if "level" in what.facts else ""
            facts = {name: printable(str(fact)) for name, fact in what.facts.items()}
            self._page.line((_HEADLINES[what.kind].format(**facts) + level, BOLD if depth < 3 else DIM), indent=indent)
            return
        if isinstance(what, SegmentShown):
            self._segment(what, indent)
        for finding in what.findings:
            show_finding(finding, self._page, indent=indent + _STEP)

    def _segment(self, segment: SegmentShown, indent: int) -> None:
        tag = (printable(segment.tag) or "(no tag)", "36" if segment.fits else "31")
        name = f" {segment.name}" if segment.name else ""
        misplaced = "" if segment.fits else " (the guide does not have it here)"
        if self._brief:
            self._page.line(tag, " ", " | ".join(_brief(segment)), (f" {name}{misplaced}", DIM), indent=indent)
            return
        self._page.line(tag, name, (f"{misplaced} byte {segment.offset}", DIM), indent=indent)
        for element in segment.elements:
            for place, name, value in _values(segment.tag, element):
                self._page.line((f"{place} {name}: " if name else f"{place}: ", DIM), printable(value), indent=indent + 4)

    def finish(self, walker: Walker, path: str) -> None:
        """Print what was counted and what was left out."""
        rest = walker.rest
        self._page.line((f"{counted(rest.segments, 'segment')}, {counted(rest.findings, 'finding')}", BOLD))
        if rest.not_shown:
            more = f"{counted(rest.not_shown, 'segment')} with {counted(rest.findings_not_shown, 'finding')}"
            self._page.line(f"Not shown: {more}. --limit 0 shows all, --findings-only what is wrong, --transaction and --offset a part.")


def _values(tag: str, element: ElementShown) -> Iterator[tuple[str, str, str]]:
    """Yield place, name and value of every value of an element that is not empty."""
    whole, *parts = element.names or ("",)
    for number, components in enumerate(element.repetitions, 1):
        repetition = f" ({number})" if len(element.repetitions) > 1 else ""
        for component, value in enumerate(components, 1):
            if value.strip():
                composite = len(components) > 1 or len(parts) > 1
                name = parts[component - 1] if composite and component <= len(parts) else whole
                yield f"{printable(tag)}{element.position:02d}{f'-{component}' if composite else ''}{repetition}", name, value


def _brief(segment: SegmentShown) -> Iterator[str]:
    """Yield each element as it is sent, the empty ones too, as far as there are any behind them."""
    by_position = {each.position: each for each in segment.elements}
    for position in range(1, max(by_position, default=0) + 1):
        element = by_position.get(position)
        yield " ^ ".join(" : ".join(map(printable, components)) for components in element.repetitions) if element else ""
