"""`uv run python -m tests.power_loss`: how many cuts, and was anything lost? Exits 1 if so."""

from __future__ import annotations

import argparse
import sys

import msgspec

from tests.power_loss.campaign import SYNCHRONOUS, Campaign, Found, run
from tests.power_loss.disk import Lie


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.power_loss", description=__doc__)
    parser.add_argument("--images", type=int, default=0, help="try at least that many (2000 unless said)")
    parser.add_argument("--seconds", type=float, default=0.0, help="go on for at least that long")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chain", type=int, help="replay this chain alone")
    parser.add_argument("--synchronous", choices=SYNCHRONOUS, default="", help="instead of the product's")
    parser.add_argument("--lie", type=Lie, choices=list(Lie), default=Lie.NONE, help="what the disk pretends")
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    campaign = Campaign(seed=said.seed, synchronous=said.synchronous, lie=said.lie)
    images = said.images or (0 if said.seconds else 2_000)
    found = run(campaign, images=images, seconds=said.seconds, chain=said.chain)
    print(msgspec.json.encode(found).decode() if said.json else told(found))
    return 0 if found.is_sound else 1


def told(found: Found) -> str:
    rows = {
        "images tried": found.images,
        "of them with writes that were not synced": found.torn,
        "lives, each on an image of the one before": found.lives,
        "checkpoints": found.checkpoints,
        "commands that shared a commit": found.shared,
        "acknowledged commits looked for": found.acknowledged,
        "acknowledged commits lost": found.lost,
        "images that lack any": found.losing,
        "corrupt images": found.corrupt,
        "seconds": round(found.seconds, 1),
    }
    return "\n".join([*(f"{value:>10,}  {name}" for name, value in rows.items()), *found.failures])


if __name__ == "__main__":
    sys.exit(main())
