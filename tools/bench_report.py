"""What was measured, as figures, a table and a section of a page. Pure: no clock, file or process."""
import statistics
from dataclasses import dataclass, field

BEGIN = "<!-- tools/bench writes from here -->"
END = "<!-- to here -->"
# A peer that varies more than this beside itself makes the ratio doubtful, and the row says so.
SPREAD_MAX = 0.10
# A path beyond its bar by more than this is plotted there: what matters is how the others stand.
SHARE_MAX = 3.0


@dataclass(frozen=True)
class Reading:
    """A figure, and what else that run showed, in words."""
    value: float
    said: tuple = ()

    @classmethod
    def of(cls, figure):
        return figure if isinstance(figure, cls) else cls(figure)


@dataclass(frozen=True)
class Pair:
    """One run of both, one after the other."""
    ours: float
    peer: float

    @property
    def ratio(self):
        return self.ours / self.peer


@dataclass(frozen=True)
class Row:
    """One path: as many pairs as there were rounds, or why there are none."""
    name: str       # for --only
    path: str       # what is measured
    peer: str       # beside what
    unit: str
    bar: float      # the least ratio that is good enough, or with at_most the greatest
    pairs: tuple = ()
    failed: str = ""
    notes: tuple = field(default=())
    at_most: bool = False  # of what should be small, such as times


@dataclass(frozen=True)
class Fact:
    """A figure of ours alone, with the greatest or the least value that is good enough, or with neither."""
    name: str
    path: str
    unit: str
    most: float | None = None
    values: tuple = ()
    failed: str = ""
    notes: tuple = field(default=())
    least: float | None = None


def middle(readings):
    """The one of the median value: its words belong to the figure that is shown."""
    return sorted(readings, key=lambda reading: reading.value)[(len(readings) - 1) // 2]


def median_ratio(pairs):
    """The median of the ratios of pairs: what slows both of a pair leaves it alone."""
    return statistics.median(pair.ratio for pair in pairs)


def spread(values):
    """From the least to the greatest, as a share of the median."""
    return (max(values) - min(values)) / statistics.median(values)


def spreads(*of_each):
    """The spread of each; a dash where there was one run only, which has none."""
    return "-" if len(of_each[0]) < 2 else ", ".join(share(spread(values)) for values in of_each)


def number(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def share(value):
    return f"{value * 100:.0f} %"


def has_bar(row):
    return bool(row.bar) if isinstance(row, Row) else not row.most is row.least is None


def met(row):
    if isinstance(row, Fact):
        value = statistics.median(row.values)
        return value <= row.most if row.least is None else value >= row.least
    ratio = median_ratio(row.pairs)
    return ratio <= row.bar if row.at_most else ratio >= row.bar


def shares_of_bar(row):
    """How far each run is along to its bar: 1 is at it, more is better, whatever the bar is of."""
    if isinstance(row, Row):
        return [row.bar / pair.ratio if row.at_most else pair.ratio / row.bar for pair in row.pairs]
    if row.least is None:
        return [row.most / value if value > 0 else SHARE_MAX for value in row.values]
    return [value / row.least for value in row.values]


def verdict(row):
    if row.failed:
        return "failed: " + row.failed
    if not has_bar(row):
        return "-"
    return "met" if met(row) else "missed"


def bar_words(row):
    if not has_bar(row):
        return "-"
    if isinstance(row, Row):
        return f"{'at most ' if row.at_most else ''}{row.bar:.2f} x {row.peer}"
    return f"at least {number(row.least)} {row.unit}" if row.most is None else f"at most {number(row.most)} {row.unit}"


def _cells(row):
    """What the table says of a row: path, ours, the peer's, ratio, spreads, bar, verdict."""
    if row.failed:
        return [row.path, "-", "-", "-", "-", bar_words(row), verdict(row)]
    if isinstance(row, Fact):
        value = statistics.median(row.values)
        return [row.path, f"{number(value)} {row.unit}", "-", "-", spreads(row.values) if value else "-",
                bar_words(row), verdict(row)]
    ours, peer = [pair.ours for pair in row.pairs], [pair.peer for pair in row.pairs]
    return [row.path, f"{number(statistics.median(ours))} {row.unit}", f"{number(statistics.median(peer))} {row.unit}",
            f"{median_ratio(row.pairs):.2f}", spreads(ours, peer), bar_words(row), verdict(row)]


def _escaped(text):
    return " ".join(str(text).split()).replace("|", "\\|")


def table(rows):
    """A Markdown table, a line a row."""
    head = ["path", "Assay", "peer", "ratio", "spread of both", "bar", "verdict"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_escaped(cell) for cell in _cells(row)) + " |" for row in rows]
    return "\n".join(lines)


def remarks(rows):
    """What the reader must know of single rows, a line each."""
    lines = []
    for row in rows:
        said = list(row.notes)
        if isinstance(row, Row) and not row.failed:
            own = spread([pair.peer for pair in row.pairs])
            if own > SPREAD_MAX:
                said.append(f"the peer itself varied by {share(own)} in this run, so the ratio is doubtful by as much")
        lines += [f"- {_escaped(row.path)}: {_escaped(text)}." for text in said]
    return "\n".join(lines)


def section(rows, machine, rounds, plots=()):
    """The part of the page that one run writes; `plots` are pairs of a text and a file."""
    times = "once" if rounds == 1 else f"{rounds} times, in turn with its peer, those without a bar three times"
    parts = ["## What was measured",
             f"`tools/bench` measured this in one run: each row {times}. Ratios are the median of the ratios of pairs; "
             "absolute figures belong to this machine.",
             "\n".join(f"- {_escaped(line)}" for line in machine)]
    judged, others = [row for row in rows if has_bar(row)], [row for row in rows if not has_bar(row)]
    if judged:
        parts.append(table(judged))
    if others:
        parts += ["Without a bar: how cost grows, and what stands beside the rows above.", table(others)]
    notes = remarks(rows)
    if notes:
        parts.append(notes)
    parts += [f"![{text}]({name})" for text, name in plots]
    return "\n\n".join(parts)


def spliced(page, text):
    """The page with `text` between its marks; where it has none, before its first section."""
    block = f"{BEGIN}\n\n{text}\n\n{END}"
    if BEGIN in page and END in page:
        before, rest = page.split(BEGIN, 1)
        return before + block + rest.split(END, 1)[1]
    at = page.find("\n## ")
    if at < 0:
        return page.rstrip("\n") + "\n\n" + block + "\n"
    return page[:at + 1] + block + "\n\n" + page[at + 1:]
