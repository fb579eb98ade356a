"""What was measured, as SVG: how far each path is along to its bar, and how cost grows. Pure."""
import statistics
from xml.sax.saxutils import escape

import bench_report as report

LEFT, WIDTH, RIGHT, STEP, TOP = 470, 400, 190, 30, 46
MET, MISSED, PLAIN = "#2f7d4f", "#b4552d", "#46698c"


def _place(value, reach):
    return LEFT + WIDTH * value / reach


def _line(entry, index, reach):
    """Label, bar of the median, a dot for each run, text."""
    label, values, colour, text = entry
    y = TOP + STEP * index
    end = _place(min(statistics.median(values), reach), reach)
    dots = [f'<circle cx="{_place(min(value, reach), reach):.1f}" cy="{y + 11}" r="3" fill="{colour}"/>'
            for value in values]
    return [f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end" fill="#222222">{escape(label)}</text>',
            f'<rect x="{LEFT}" y="{y + 2}" width="{end - LEFT:.1f}" height="18" fill="{colour}" fill-opacity="0.55"/>',
            *dots, f'<text x="{LEFT + WIDTH + 10}" y="{y + 15}" fill="#222222">{escape(text)}</text>']


def _svg(title, entries, reach, mark=""):
    """One line an entry; `mark`: what stands at 1, with a dashed line."""
    height = TOP + STEP * len(entries) + 24
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + RIGHT} {height}" '
           'font-family="sans-serif" font-size="13" role="img">', f"<title>{escape(title)}</title>",
           '<rect width="100%" height="100%" fill="#ffffff"/>']
    for index, entry in enumerate(entries):
        out += _line(entry, index, reach)
    if mark:
        at = f"{_place(1, reach):.1f}"
        out += [f'<text x="{at}" y="{TOP - 16}" text-anchor="middle" fill="#444444">{escape(mark)}</text>',
                f'<line x1="{at}" y1="{TOP - 10}" x2="{at}" y2="{height - 16}" stroke="#444444" '
                'stroke-dasharray="4 3"/>']
    return "\n".join(out + ["</svg>"]) + "\n"


def bars(rows):
    """Each path that has a bar: further right is better, the dashed line is the bar."""
    shown = [row for row in rows if report.has_bar(row) and not row.failed]
    entries = [(row.path, report.shares_of_bar(row), MET if report.met(row) else MISSED,
                f"{statistics.median(report.shares_of_bar(row)):.2f} of the bar") for row in shown]
    most = max([1.0] + [value for entry in entries for value in entry[1]])
    return _svg("How far each path is along to its bar", entries, min(most * 1.05, report.SHARE_MAX), "the bar")


def growth(rows):
    """Paths without a bar, in groups: each as a share of the greatest of its group."""
    shown = [row for row in rows if isinstance(row, report.Fact) and not report.has_bar(row) and not row.failed]
    entries = []
    for row in shown:
        most = max(max(other.values) for other in shown if (other.name, other.unit) == (row.name, row.unit)) or 1
        entries.append((row.path, [value / most for value in row.values], PLAIN,
                        f"{report.number(statistics.median(row.values))} {row.unit}"))
    return _svg("How cost grows", entries, 1.05)
