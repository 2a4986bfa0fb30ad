"""Goal P8: how cost grows with work, as a plot (SVG) of the figures that other commands of the bench have saved.

    python -m bench.growth docs/performance/*.json --out docs/performance/growth.svg

Both axes are logarithmic: what grows in proportion to the work is a straight line as steep as the grey ones.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

Line = Sequence[tuple[int, float]]

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 900, 520, 70, 40, 290, 60
_COLOURS = ("#0b5394", "#b45f06", "#38761d", "#741b47", "#990000", "#351c75", "#134f5c")


def lines_of(files: Sequence[Path]) -> dict[str, Line]:
    """Seconds by size, for everything that was measured in seconds at two sizes or more."""
    found: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for file in files:
        for figure in json.loads(file.read_text(encoding="utf-8")):
            if figure["unit"] == "s":
                found[f"{figure['goal']} {figure['what']}"][figure["size"]] = max(figure["value"], 0.01)
    return {name: sorted(points.items()) for name, points in sorted(found.items()) if len(points) > 1}


def slope(line: Line) -> float:
    """Exponent of the growth between the smallest and the largest size: 1 is linear."""
    (small, first), (large, last) = line[0], line[-1]
    return math.log(last / first) / math.log(large / small)


def plot(lines: Mapping[str, Line]) -> str:
    """The picture."""
    sizes = [size for line in lines.values() for size, _ in line]
    times = [seconds for line in lines.values() for _, seconds in line]
    x = _scale(min(sizes), max(sizes), _LEFT, _WIDTH - _RIGHT)
    y = _scale(10 ** math.floor(math.log10(min(times))), max(times) * 1.3, _HEIGHT - _BOTTOM, _TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif"'
        ' font-size="13" role="img"><title>Seconds by number of institutions</title>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        *(_grid(x, y, sorted(set(sizes)), times)),
    ]
    for number, (name, line) in enumerate(lines.items()):
        parts.append(_drawn(name, line, x, y, number))
    return "\n".join([*parts, "</svg>"]) + "\n"


class _scale:  # noqa: N801 - used as a function
    """From a value to a coordinate, logarithmically."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self._low, self._start = math.log10(low), start
        self._step = (end - start) / (math.log10(high) - self._low)

    def __call__(self, value: float) -> float:
        return round(self._start + (math.log10(value) - self._low) * self._step, 1)


def _grid(x: _scale, y: _scale, sizes: Sequence[int], times: Sequence[float]) -> list[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    parts = []
    for size in sizes:
        parts.append(f'<line x1="{x(size)}" y1="{_TOP}" x2="{x(size)}" y2="{bottom}" stroke="#e5e5e5"/>')
        parts.append(f'<text x="{x(size)}" y="{bottom + 20}" text-anchor="middle">{size:,}</text>')
    for power in range(math.floor(math.log10(min(times))), math.ceil(math.log10(max(times) * 1.3))):
        seconds = 10.0**power
        parts.append(f'<line x1="{_LEFT}" y1="{y(seconds)}" x2="{right}" y2="{y(seconds)}" stroke="#e5e5e5"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y(seconds) + 4}" text-anchor="end">{seconds:g} s</text>')
    small, large = sizes[0], sizes[-1]
    for seconds in (0.1, 1.0, 10.0):
        if y(seconds) <= bottom and y(seconds * large / small) >= _TOP:
            ends = f'x1="{x(small)}" y1="{y(seconds)}" x2="{x(large)}" y2="{y(seconds * large / small)}"'
            parts.append(f'<line {ends} stroke="#bbb" stroke-dasharray="4 4"/>')
    parts.append(f'<text x="{(_LEFT + right) / 2}" y="{_HEIGHT - 14}" text-anchor="middle">institutions</text>')
    return parts


def _drawn(name: str, line: Line, x: _scale, y: _scale, number: int) -> str:
    colour = _COLOURS[number % len(_COLOURS)]
    points = " ".join(f"{x(size)},{y(seconds)}" for size, seconds in line)
    dots = "".join(f'<circle cx="{x(size)}" cy="{y(seconds)}" r="3.5" fill="{colour}"/>' for size, seconds in line)
    place = _WIDTH - _RIGHT + 16, _TOP + 20 + 22 * number
    label = f'<text x="{place[0]}" y="{place[1]}" fill="{colour}">{escape(name)} (n^{slope(line):.2f})</text>'
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}{label}'


def main() -> None:
    """Command line: the saved figures, where the picture goes."""
    parser = argparse.ArgumentParser(description="Plot how cost grows.")
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    lines = lines_of(given.files)
    given.out.write_text(plot(lines), encoding="utf-8")
    for name, line in lines.items():
        print(f"{name}: n^{slope(line):.2f}")  # noqa: T201 - a bench prints its figures


if __name__ == "__main__":
    main()
