"""Three pictures of a run: speed, memory against size, time against size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.plan import ENGINE, MB, Case
from benchmarks.run import Row
from benchmarks.summary import by_case

OURS, LIBRARY, HAND = "#0b6e4f", "#9aa5b1", "#d9b26f"
COLOURS = ("#0b6e4f", "#b5533c", "#3b6ea5", "#7d5ba6", "#8a7a2f", "#5f6b76", "#c48f2b", "#2a9d8f")
PANELS = (("order_lines", "850", "850 to typed lines in Parquet"), ("order_lines", "ORDERS", "ORDERS to typed lines in Parquet"),
          ("walk", "850", "850: every value found"), ("validate", None, "checked against the guide"))


def draw(rows: list[Row], folder: Path) -> None:
    """Write speed, memory and time as PNG and SVG."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams |= {"font.size": 10, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "crossfoot", "figure.dpi": 120}
    figures = {
        "speed": _speed(rows, plt),
        "memory": _growth(rows, plt, "peak memory, MB", lambda row: row.peak_rss_mb, linear=False),
        "time": _growth(rows, plt, "CPU seconds", lambda row: row.cpu_s, linear=True),
    }
    for name, figure in figures.items():
        for ending in ("png", "svg"):
            figure.savefig(folder / f"{name}.{ending}", bbox_inches="tight", facecolor="white")
        plt.close(figure)


def _speed(rows: list[Row], plt):
    """Draw a panel a task: bars of MB per CPU second at the largest size up to 10 MB of each reader, on a logarithmic axis."""
    panels = [(title, bars) for task, kind, title in PANELS if (bars := _bars(rows, task, kind))]
    heights = [len(bars) + 1.2 for _, bars in panels]
    figure, axes = plt.subplots(len(panels), 1, figsize=(8.5, 0.36 * sum(heights)), sharex=True, squeeze=False,
                                gridspec_kw={"height_ratios": heights})
    for axis, (title, bars) in zip(axes[:, 0], panels, strict=True):
        bars.sort(key=lambda bar: bar[1][1])
        names, values = [bar[0] for bar in bars], [bar[1] for bar in bars]
        middle = [value[1] for value in values]
        spread = [[value[1] - value[0] for value in values], [value[2] - value[1] for value in values]]
        axis.barh(names, middle, xerr=spread, color=[bar[2] for bar in bars], height=0.7, error_kw={"elinewidth": 1, "ecolor": "#333333"})
        for place, (_, _, most) in enumerate(values):
            axis.text(most * 1.08, place, f"{middle[place]:.3g}", va="center", fontsize=9)
        axis.set_xscale("log")
        axis.xaxis.set_major_formatter(_plain)
        axis.set_title(title, loc="left", fontsize=10.5, fontweight="bold")
        axis.tick_params(axis="y", length=0)
    axes[-1, 0].set_xlabel("MB per CPU second (logarithmic; median, least and most of the rounds)")
    figure.tight_layout()
    return figure


def _bars(rows: list[Row], task: str, kind: str | None) -> list[tuple[str, tuple[float, float, float], str]]:
    """Return name, (least, median, most) and colour of each reader's bar."""
    best: dict[str, Case] = {}
    found = by_case(rows)
    for case in found:
        name = case.reader.name if kind else f"{case.reader.name}: {case.kind}"
        if case.task == task and case.kind == (kind or case.kind) and case.files == 1 and case.size <= 10 * MB \
                and (name not in best or best[name].size < case.size):
            best[name] = case
    bars = []
    for name, case in best.items():
        speeds = sorted(row.mb_per_cpu_s for row in found[case])
        colour = OURS if case.reader == ENGINE else LIBRARY if case.reader.is_library else HAND
        bars.append((name, (speeds[0], median(speeds), speeds[-1]), colour))
    return bars


def _plain(value: float, _: int) -> str:
    """Write a tick as people do: 0.1, 1, 100."""
    return f"{value:g}"


def _growth(rows: list[Row], plt, label: str, value: Callable[[Row], float], *, linear: bool):
    """Draw how something grows with the size of the file, a line a reader and kind; both axes are logarithmic where it should be linear."""
    figure, axis = plt.subplots(figsize=(8, 5))
    series: dict[str, dict[float, list[float]]] = {}
    for row in rows:
        if row.case.task == "order_lines" and row.case.files == 1:
            points = series.setdefault(f"{row.case.reader.name}, {row.case.kind}", {})
            points.setdefault(row.case.size / MB, []).append(value(row))
    colours = dict(zip(dict.fromkeys(name.rpartition(", ")[0] for name in series), COLOURS, strict=False))
    for name, points in series.items():
        sizes = sorted(points)
        ours = name.startswith(ENGINE.name)
        axis.plot(sizes, [median(points[size]) for size in sizes], marker="o", label=name, color=colours[name.rpartition(", ")[0]],
                  linewidth=2.6 if ours else 1.3, linestyle="-" if name.endswith("850") else "--", zorder=3 if ours else 2)
    axis.set(xscale="log", xlabel="size of the file, MB", ylabel=label)
    if linear:
        axis.set_yscale("log")
    else:
        axis.set_ylim(bottom=0)
    if linear and any(name.startswith(ENGINE.name) for name in series):
        first = next(points for name, points in series.items() if name.startswith(ENGINE.name))
        sizes = sorted(first)
        start = median(first[sizes[0]])
        axis.plot(sizes, [start * size / sizes[0] for size in sizes], color="#999999", linestyle=":", label="in proportion to the size")
    every = sorted({size for points in series.values() for size in points})
    axis.set_xticks(every, [f"{size:g}" for size in every])
    axis.minorticks_off()
    axis.yaxis.set_major_formatter(_plain)
    axis.grid(which="major", color="#dddddd", linewidth=0.6)
    axis.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure
