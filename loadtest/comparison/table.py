"""The table: medians and ranges, ratios of the same run, and whether what is wanted was reached."""

from statistics import median

from .rows import Figure, Row

NAMES = {"tailcast": "Tailcast", "limit": "C limit", "nchan": "nchan", "fastapi": "FastAPI"}


def number(value: float) -> str:
    size = abs(value)
    if size >= 1e6:
        return f"{value / 1e6:.2f} M"
    if size >= 1e4:
        return f"{value / 1e3:.0f} k"
    if size >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"


def cell(values: list[float], unit: str) -> str:
    if not values:
        return "–"
    text = number(median(values))
    if len(values) > 1:
        text += f" ({number(min(values))}–{number(max(values))})"
    return f"{text} {unit}".strip()


class Table:
    """Collects runs and prints them."""

    def __init__(self):
        self.runs: list[tuple[str, int, str, dict]] = []  # row, round, server, figures

    def add(self, row: str, turn: int, server: str, figures: dict) -> None:
        self.runs.append((row, turn, server, figures))

    def values(self, row: str, server: str, key: str) -> dict[int, float]:
        """By round."""
        return {
            turn: figures[key]
            for name, turn, who, figures in self.runs
            if name == row and who == server and figures.get(key) is not None
        }

    def ratio(self, row: str, key: str, other: str) -> float | None:
        """The median of Tailcast's figure over another's, round by round."""
        ours, theirs = self.values(row, "tailcast", key), self.values(row, other, key)
        ratios = [ours[turn] / theirs[turn] for turn in ours if theirs.get(turn)]
        return median(ratios) if ratios else None

    def wanted(self, row: Row, figure: Figure) -> str:
        texts = []
        for other, sign, bound in figure.wanted:
            own = list(self.values(row.name, "tailcast", figure.key).values())
            found = self.ratio(row.name, figure.key, other) if other else median(own) if own else None
            mark = "" if found is None else " ✓" if (found <= bound if sign == "<=" else found >= bound) else " ✗"
            against = f" × {NAMES[other]}" if other else f" {figure.unit}".rstrip()
            texts.append(f"{'≤' if sign == '<=' else '≥'} {number(bound)}{against}{mark}")
        return ", ".join(texts)

    def markdown(self, rows: list[Row]) -> str:
        lines = [
            "| measure | Tailcast | C limit | nchan | FastAPI | ÷ C limit | wanted |",
            "|---|---|---|---|---|---|---|",
        ]
        for row in rows:
            for figure in row.figures:
                cells = [
                    cell(list(self.values(row.name, server, figure.key).values()), figure.unit) for server in NAMES
                ]
                ratio = self.ratio(row.name, figure.key, "limit") if figure.ratio else None
                cells.append("–" if ratio is None else f"{ratio:.2f}")
                label = f"{row.title}: {figure.label}"
                lines.append("| " + " | ".join([label, *cells, self.wanted(row, figure)]) + " |")
        return "\n".join(lines)
