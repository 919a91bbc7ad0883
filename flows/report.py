"""The night on paper: a markdown artifact for the Prefect UI and an HTML page that needs no network. Ids and places, never values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from flows.series import in_words
from flows.settings import Settings
from flows.summary import Summary, breaks_by_class
from flows.terminal import EXPORT_PARTS, money
from storage.files import make_folder, write_atomically

STYLE = """
:root { color-scheme: light dark } body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
table { border-collapse: collapse; margin: .5rem 0 2rem; display: block; overflow-x: auto }
th, td { padding: .25rem .75rem; text-align: left; border-bottom: 1px solid #8884;
vertical-align: top } td.number { text-align: right; font-variant-numeric: tabular-nums }
.good { color: #178a3e } .bad { color: #c62828 }
"""


def markdown(summary: Summary) -> str:
    """Return the summary for the Prefect UI."""
    agrees = "agrees" if not summary.totals.problems else "**does not agree**: " + _plain("; ".join(summary.totals.problems))
    parts = [f"# Night of {summary.business_date}", f"Cross-foot {agrees}."]
    for title, header, rows in _sections(summary):
        parts += [f"## {title}", _markdown_table(header, rows) if rows else "None."]
    return "\n\n".join(parts)


def html(summary: Summary) -> str:
    """Return the summary as one HTML page without scripts or outside references."""
    agrees = not summary.totals.problems
    verdict = "Totals cross-foot." if agrees else "Totals do not cross-foot: " + "; ".join(summary.totals.problems)
    body = [f"<h1>Night of {escape(summary.business_date)}</h1>", f'<p class="{"good" if agrees else "bad"}">{escape(verdict)}</p>']
    for title, header, rows in _sections(summary):
        body.append(f"<h2>{escape(title)}</h2>" + (_html_table(header, rows) if rows else "<p>None.</p>"))
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>Night of {escape(summary.business_date)}</title><style>{STYLE}</style></head><body>{''.join(body)}</body></html>\n")


def write_report(settings: Settings, summary: Summary) -> Path:
    """Write the HTML page and return where it is."""
    path = make_folder(settings.reports) / f"{summary.business_date}.html"
    write_atomically(path, html(summary).encode())
    return path


Row = Sequence[str]


def _sections(summary: Summary) -> list[tuple[str, Row, list[Row]]]:
    outcomes: list[Row] = [
        (name, str(counts.documents), str(counts.records), money(counts.money))
        for name, counts in (("read", summary.totals.read), *summary.totals.outcomes.items(),
                             ("loaded, recounted", summary.totals.recounted))
    ]
    breaks: list[Row] = [
        (found["class"], found["state"], found["partner"] or "", found["subject"], f"{found['at_stake'] or '?'} {found['currency'] or ''}",
         found["sentence"])
        for found in summary.to_json()["breaks"]
    ]
    classes: list[Row] = [(name, str(row["open"]), str(row["closed"]), money(row["at_stake"]))
                          for name, row in breaks_by_class(summary.breaks).items()]
    aside: list[Row] = [(one["outcome"], one["partner_id"] or "", one["type_code"] or "", one["control_number"] or "", one["reason_code"],
                         one["reason"]) for one in summary.set_aside]
    documents: list[Row] = [(name, str(counts.get("loaded", 0)), ", ".join(f"{count} {outcome}" for outcome, count in counts.items()
                             if outcome != "loaded")) for name, counts in summary.documents.items()]
    numbers: list[Row] = [(one["partner"], one["usage"], in_words(dict(one))) for one in summary.numbering]
    waiting: list[Row] = [(one["file"][:12], one["source"], one["since"], one["until"]) for one in summary.waiting]
    return [
        ("Outcomes", ("Outcome", "Documents", "Records", "Money"), outcomes),
        ("Set aside", ("Outcome", "Partner", "Type", "Control number", "Reason", "What to do"), aside),
        ("Rows of exports", ("Source", "Kind", "New", "Changed", "Unchanged", "Vanished", "Set aside"),
         [(source, one["kind"], *(str(one[name]["rows"]) for name in EXPORT_PARTS)) for source, one in summary.exports.items()]),
        ("Control numbers", ("Partner", "Usage", "Numbers"), numbers),
        ("Waited for", ("File", "Source", "Since", "Until"), waiting),
        ("Breaks by class", ("Class", "Open", "Closed tonight", "Money at stake"), classes),
        ("Breaks", ("Class", "State", "Partner", "Subject", "At stake", "What disagrees"), breaks),
        ("Documents by type", ("Type", "Loaded", "Not loaded"), documents),
        ("Findings", ("Code", "Severity", "Count"), [(code, row["severity"], str(row["count"])) for code, row in summary.findings.items()]),
        ("Acknowledgments", ("Kind", "Count"), [(kind, str(count)) for kind, count in summary.acknowledgments.items()]),
        ("Rows", ("Table", "Rows"), [(name, str(count)) for name, count in summary.rows.items()]),
        ("Where everything lies", ("What", "Place"), list(summary.places.items())),
    ]


def _markdown_table(header: Row, rows: Iterable[Row]) -> str:
    def line(cells: Row) -> str:
        return "| " + " | ".join(_plain(cell) for cell in cells) + " |"

    return "\n".join([line(header), line(["---"] * len(header)), *(line(row) for row in rows)])


def _plain(text: str) -> str:
    """Return text that markdown shows as it is: partners write some of it, and neither tags nor images of theirs may come alive."""
    return re.sub(r"[\\`*\[\]<>|&]", r"\\\g<0>", text).replace("\n", " ")


def _html_table(header: Row, rows: Iterable[Row]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(text: str) -> str:
    return f'<td{" class=number" if text.replace(",", "").replace(".", "").isdigit() else ""}>{escape(text)}</td>'
