"""Write an invented country: `python -m bench.invented OUTDIR [--scale 0.1] [--seed N]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.invented.files import write_invented


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.invented", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("folder", type=Path, metavar="OUTDIR")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the real size")
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    write_invented(given.folder, given.seed, given.scale)


if __name__ == "__main__":
    main()
