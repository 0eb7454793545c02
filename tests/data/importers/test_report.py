"""How a report reads when it says the same hundreds of times."""

from __future__ import annotations

from data.importers.report import SAME_MAX, Count, ImportReport, Note, Skipped


def test_of_many_that_say_the_same_the_first_are_shown_and_the_rest_counted():
    skipped = [Skipped(where=f"f:{at}", what="macro", why="a macro is code") for at in range(SAME_MAX + 2)]
    report = ImportReport(
        format="dbt",
        source_digest="sha256:0",
        changed=False,
        catalog_version=1,
        counts={},
        documents=Count(),
        edges=Count(),
        skipped=(*skipped, Skipped(where="f:99", what="x", why="nobody declares y")),
        notes=(Note(where="f:1", what="x", note="odd"),),
    )
    assert str(report).splitlines()[4:] == [
        *(f"skipped f:{at} macro: a macro is code" for at in range(SAME_MAX)),
        "skipped f:99 x: nobody declares y",
        "skipped 2 more: a macro is code; --json lists them all",
        "note f:1 x: odd",
    ]
