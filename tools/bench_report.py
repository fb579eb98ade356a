"""What was measured, as figures, a table, a plot and a section of a page. Pure: no clock, file or process."""
import statistics
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

BEGIN = "<!-- tools/bench writes from here -->"
END = "<!-- to here -->"
# A peer that varies more than this beside itself makes the ratio doubtful, and the row says so.
SPREAD_MAX = 0.10


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


def plot(rows):
    """An SVG: for each row how far its ratio is along to its bar; a dot a run, a bar for the median."""
    shown = [row for row in rows if isinstance(row, Row) and not row.failed and has_bar(row)]
    left, width, step, top = 330, 420, 34, 46
    # Of what should be small the bar's share of it, so that further right is better everywhere.
    along = lambda row, ratio: row.bar / ratio if row.at_most else ratio / row.bar
    reach = max([1.0] + [along(row, pair.ratio) for row in shown for pair in row.pairs]) * 1.08
    place = lambda value: left + width * value / reach
    height = top + step * len(shown) + 24
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 110} {height}" '
           'font-family="sans-serif" font-size="13" role="img">',
           "<title>Ratio to the peer, as a share of the bar</title>",
           f'<rect width="100%" height="100%" fill="#ffffff"/>',
           f'<text x="{place(1):.1f}" y="{top - 16}" text-anchor="middle" fill="#444444">the bar</text>']
    for index, row in enumerate(shown):
        y = top + step * index
        ratio = median_ratio(row.pairs)
        colour = "#2f7d4f" if met(row) else "#b4552d"
        out.append(f'<text x="{left - 10}" y="{y + 15}" text-anchor="end" fill="#222222">{escape(row.path)}</text>')
        out.append(f'<rect x="{left}" y="{y + 2}" width="{place(along(row, ratio)) - left:.1f}" height="18" '
                   f'fill="{colour}" fill-opacity="0.55"/>')
        out += [f'<circle cx="{place(along(row, pair.ratio)):.1f}" cy="{y + 11}" r="3" fill="{colour}"/>'
                for pair in row.pairs]
        out.append(f'<text x="{left + width + 8}" y="{y + 15}" fill="#222222">{ratio:.2f} of {row.bar:.2f}</text>')
    out.append(f'<line x1="{place(1):.1f}" y1="{top - 10}" x2="{place(1):.1f}" y2="{height - 16}" '
               'stroke="#444444" stroke-dasharray="4 3"/>')
    return "\n".join(out + ["</svg>"]) + "\n"


def section(rows, machine, rounds, plot_name):
    """The part of the page that one run writes; without a name, no plot."""
    times = "once" if rounds == 1 else f"{rounds} times, in turn with its peer"
    parts = ["## Beside its peers",
             f"`tools/bench` measured this in one run: each row {times}. Ratios are the median of the ratios of pairs; "
             "absolute figures belong to this machine.",
             "\n".join(f"- {_escaped(line)}" for line in machine), table(rows)]
    notes = remarks(rows)
    if notes:
        parts.append(notes)
    if plot_name and any(isinstance(row, Row) and not row.failed for row in rows):
        parts.append(f"![Ratio to the peer, as a share of the bar]({plot_name})")
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
