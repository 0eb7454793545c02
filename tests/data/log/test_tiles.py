"""Do tiles and bundles lie where C2SP tlog-tiles has them, as wide as it says?"""

from __future__ import annotations

import pytest

from data.log.tiles import WIDTH, Place, Tile, bundle, edge_of, entries_path, path, tiles_of


@pytest.mark.parametrize(
    ("tile", "expected"),
    [
        (Tile(Place(0, 0), WIDTH), "tile/0/000"),
        (Tile(Place(1, 0), 1), "tile/1/000.p/1"),
        (Tile(Place(0, 999), 255), "tile/0/999.p/255"),
        (Tile(Place(2, 1000), WIDTH), "tile/2/x001/000"),
        (Tile(Place(0, 1_234_067), WIDTH), "tile/0/x001/x234/067"),
    ],
)
def test_a_tile_lies_where_the_specification_says(tile: Tile, expected: str) -> None:
    assert path(tile) == expected


def test_entries_lie_beside_the_tiles_of_their_hashes() -> None:
    assert entries_path(Tile(Place(0, 273), 112)) == "tile/entries/273.p/112"
    assert bundle([b"", b"ab", b"c" * 256]) == b"\0\0" + b"\0\2ab" + b"\1\0" + b"c" * 256


def test_the_tiles_of_seventy_thousand_entries_are_those_of_the_specifications_example() -> None:
    tiles = list(tiles_of(70_000))

    assert len([tile for tile in tiles if tile.place.level == 0 and tile.width == WIDTH]) == 273
    assert [tile for tile in tiles if tile.width < WIDTH] == [
        Tile(Place(0, 273), 112),
        Tile(Place(1, 1), 17),
        Tile(Place(2, 0), 1),
    ]
    assert len(tiles) == 273 + 1 + 1 + 2
    assert edge_of(70_000) == (Place(0, 273), Place(1, 1), Place(2, 0))


@pytest.mark.parametrize("before", [0, 1, 255, 256, 300, 65_536, 69_999, 70_000])
def test_what_grew_since_another_size_is_all_that_the_other_lacks(before: int) -> None:
    known = set(tiles_of(before))

    assert set(tiles_of(70_000, after=before)) == set(tiles_of(70_000)) - known


def test_an_empty_log_has_no_tiles() -> None:
    assert (list(tiles_of(0)), edge_of(0)) == ([], ())
