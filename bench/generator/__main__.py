"""Write a made-up graph as N-Quads.

    python -m bench.generator 1000000 graph.nq --seed 1

The same size and seed give the same file, byte for byte.
"""

import argparse
import sys
from pathlib import Path
from random import Random

from bench.generator.statements import Teller
from bench.generator.world import make_world
from bench.generator.writing import Quads
from citydip.curation.layout import find_layout
from citydip.model.settings import Settings

__all__ = ["generate"]


def generate(path: Path, size: int, seed: int) -> int:
    """Write a graph of at least so many quads; return how many there are.

    Args:
        path: the file.
        size: quads; the last source is written to its end, so there may be some thousands more.
        seed: of all chance.
    """
    random = Random(seed)
    with path.open("w", encoding="utf-8", buffering=1 << 20) as file:
        quads = Quads(file)
        teller = Teller(quads, random, make_world(quads, random, size, find_layout(Settings())))
        while quads.count < size:
            teller.tell()
    return quads.count


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a made-up graph of city diplomacy as N-Quads.")
    parser.add_argument("size", type=int, help="quads")
    parser.add_argument("path", type=Path, help="file")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.stderr.write(f"{generate(given.path, given.size, given.seed)} quads\n")


if __name__ == "__main__":
    main()
