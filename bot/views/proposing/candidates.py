"""Which models are worth retiring, and why: in short for Slack, in full for a shell and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.ids import SLASH_COMMAND
from bot.views import limits
from bot.views.blocks import Payload, context, message, safe, section
from data.catalog.snapshot import Snapshot
from data.records.catalog import Entity
from workflows.considering import Ranking
from workflows.rules.choosing.candidates import Candidate, Finding, Verdict
from workflows.rules.wording import counted

SHOWN_AT_MOST = 8
MARKS = {
    Verdict.FOR: ":white_check_mark:",
    Verdict.AGAINST: ":heavy_minus_sign:",
    Verdict.UNKNOWN: ":grey_question:",
}
SIGNS = {Verdict.FOR: "+", Verdict.AGAINST: "-", Verdict.UNKNOWN: "?"}
VALUE_MAX, SOURCE_MAX = 240, 160  # ours: what stands in a catalog may be longer than anybody reads


def answer(found: Ranking, catalog: Snapshot) -> Payload:
    """The first of them, each criterion with its source, and how to go on."""
    if not found.candidates:
        head = f"Nothing speaks for retiring a model by the policy's criteria. {_left_out(found)}"
        return message(
            head, [section(head), context(f"Next: `{SLASH_COMMAND} impact` lists all models there are.")]
        )
    head = f"*{counted(len(found.candidates), 'candidate')} for retirement*. {_left_out(found)}"
    texts = [
        "\n".join(_rows(number, one, catalog))
        for number, one in enumerate(found.candidates[:SHOWN_AT_MOST], start=1)
    ]
    whole = limits.BLOCK_TEXT_MAX - 1_000
    shown: list[str] = []
    for text in texts:
        if sum(map(len, shown)) + len(text) <= whole:
            shown.append(limits.clip(text, limits.SECTION_MAX))
    more = len(found.candidates) - len(shown)
    rest = f"{more:,} more: `emeritus candidates` prints all of them. " if more else ""
    step = _next_step([one.model for one in found.candidates[: len(shown)]], catalog)
    return message(head, [section(head), *map(section, shown), context(f"{rest}{_LEGEND} {step}")])


_LEGEND = (
    f"{MARKS[Verdict.FOR]} speaks for it, {MARKS[Verdict.AGAINST]} does not, "
    f"{MARKS[Verdict.UNKNOWN]} nobody tells, so it does not count."
)


def _rows(number: int, one: Candidate, catalog: Snapshot) -> Iterator[str]:
    team = safe(_team(one, catalog))
    yield f"*{number}. {safe(one.model.name)}* ({team}): {_score(one)}"
    for finding in one.findings:
        said = f"{finding.criterion}: {safe(finding.value, VALUE_MAX)}"
        source = safe(_source(finding), SOURCE_MAX)
        yield f"    {MARKS[finding.verdict]} {said}{f' ({source})' if source else ''}"


def lines(found: Ranking, catalog: Snapshot) -> list[str]:
    """All of them."""
    shown = [f"{counted(len(found.candidates), 'candidate')}. {_left_out(found)}"]
    for number, one in enumerate(found.candidates, start=1):
        shown.append(f"{number}. {one.model.name} ({one.model.id}), {_team(one, catalog)}: {_score(one)}")
        shown += [
            f"   {SIGNS[finding.verdict]} {finding.criterion}: {finding.value}{f' ({source})' if source else ''}"
            for finding, source in ((finding, _source(finding)) for finding in one.findings)
        ]
    return [*shown, f"Next: {SLASH_COMMAND} propose MODEL, in Slack"] if found.candidates else shown


def data(found: Ranking, catalog: Snapshot) -> dict[str, object]:
    """Every key is always there."""
    return {
        "as_of": found.as_of,
        "candidates": [
            {
                "id": one.model.id,
                "name": one.model.name,
                "team": catalog.owners_of(one.model).team_name,
                "score": len(one.reasons),
                "of": len(one.findings),
                "findings": one.findings,
            }
            for one in found.candidates
        ],
        "left_out": {
            "leaving": found.leaving,
            "unused_hosted": found.unused,
            "nothing_speaks_for_it": found.unremarkable,
        },
    }


def _score(one: Candidate) -> str:
    verb = "speaks" if len(one.reasons) == 1 else "speak"
    return f"{len(one.reasons)} of {counted(len(one.findings), 'criterion', 'criteria')} {verb} for it"


def _team(one: Candidate, catalog: Snapshot) -> str:
    owners = catalog.owners_of(one.model)
    return owners.team_name or owners.team_id or "nobody answers for it"


def _source(finding: Finding) -> str:
    """Who says so, of a long path the end of it, and as of when."""
    when = f"as of {finding.as_of}" if finding.as_of else "no day told" if finding.source else ""
    return ", ".join(filter(None, ("/".join(finding.source.split("/")[-2:]), when)))


def _next_step(models: Sequence[Entity], catalog: Snapshot) -> str:
    """The first that somebody answers for can be proposed; where there is none, an owner comes first."""
    owned = next((one for one in models if catalog.owners_of(one).slack_ids), None)
    if owned is not None:
        return f"Next: `{SLASH_COMMAND} propose {_typed(owned)}`, or another one of them."
    first = _typed(models[0])
    return f"Next: give {first} an owner in the catalog, then `{SLASH_COMMAND} propose {first}`."


def _left_out(found: Ranking) -> str:
    parts = [
        (found.leaving, "retiring already, or retired"),
        (found.unused, "hosted by providers and used by nobody here"),
        (found.unremarkable, "with nothing that speaks for it"),
    ]
    said = "; ".join(f"{counted(number, 'model')} {why}" for number, why in parts if number)
    return f"Left out: {said}." if said else "No model is left out."


def _typed(model: Entity) -> str:
    name = safe(model.name)
    return f'"{name}"' if " " in name else name
