"""The same retirement in the words of each audience, and of several: nothing missing, nothing twice, nothing loud."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.views.blocks import marked
from bot.views.consumers import informed, obligations, reminding
from bot.views.limits import BLOCK_TEXT_MAX, SECTION_MAX
from bot.views.telling import audiences
from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.policies.notice_texts import PLACEHOLDERS, TEXT_MAX, examples, filled
from data.policies.policy import read_policy
from data.records.archived import Archived
from data.records.catalog import Kind, Measure, Measured
from data.records.notices import Addressed, Audience, NoticeText
from data.records.progress import Progress, StepKind, StepProgress
from data.records.retirement import Retirement, State
from tests.bot.views.examples import NASTY, a_policy, an_entity, announced, days, overloaded, texts
from tests.fakes.slack.workspace import mentions
from tests.payloads import check_message

SHIPPED = read_policy().texts
KINDS = {
    Audience.ML_ENGINEERS: Kind.CONSUMER,
    Audience.DATA_ENGINEERS: Kind.DATASET,
    Audience.PRODUCT_OWNERS: Kind.DASHBOARD,
}
FACTS = [
    "*What* churn-v1 retires (RET-1)",
    "*When* service ends on Sun 2027-05-30",
    '*Why* replaced — "churn-v2 is better"',
    "*Successor* churn-v2",
    "*Action* Acknowledge that you have read this. Move to churn-v2, then press Migrated.",
]


def owning(*kinds: Kind, texts: tuple[NoticeText, ...] = SHIPPED, **changes: object) -> Retirement:
    """One person owns one of each."""
    state = announced(consumers=len(kinds), teams=1)
    owed = tuple(
        replace(one, consumer=replace(one.consumer, kind=kind))
        for one, kind in zip(state.obligations, kinds, strict=True)
    )
    return replace(state, policy=replace(a_policy(), texts=texts), obligations=owed, **changes)


def told(state: Retirement) -> list[str]:
    return "\n".join(audiences.told(state, "UT0", state.obligations)).split("\n")


def test_whoever_owns_a_service_is_told_the_endpoints() -> None:
    assert told(owning(Kind.CONSUMER)) == [
        *FACTS,
        "*Endpoints that go dark* churn-v1",
        "*Versions* none in the catalog",
        "*Measured* nothing is known",
        "*How to move* the catalog names no migration guide",
        "*Ask* <@UPAT>",
    ]


def test_whoever_owns_tables_and_jobs_is_told_which() -> None:
    assert told(owning(Kind.DATASET, Kind.PIPELINE)) == [
        *FACTS,
        "*Tables and jobs of yours* table consumer-000, job consumer-001",
        "*How to move* the catalog names no migration guide",
        "*Ask* <@UPAT>",
    ]


def test_whoever_owns_a_dashboard_is_told_what_users_see_and_no_endpoint() -> None:
    said = told(owning(Kind.DASHBOARD))
    assert said[5:] == [
        (
            "*What your users see* nothing new of churn-v1 after Sun 2027-05-30 in dashboard consumer-000, unless "
            "that has moved by then"
        ),
        "*How to move* the catalog names no migration guide",
        "*Ask* <@UPAT>",
    ]
    assert said[:5] == FACTS


def test_who_is_several_is_told_the_facts_once_and_what_each_says_besides() -> None:
    said = told(owning(Kind.DASHBOARD, Kind.CONSUMER, Kind.DATASET))
    assert [line.split("*")[1] for line in said] == [
        *(
            "What",
            "When",
            "Why",
            "Successor",
            "Action",
            "Endpoints that go dark",
            "Versions",
            "Measured",
            "How to move",
            "Ask",
        ),
        "Tables and jobs of yours",
        "What your users see",
    ]


@pytest.mark.parametrize("audience", [Audience.ML_ENGINEERS, Audience.SUPPORT])
@pytest.mark.parametrize("state", [State.MIGRATING, State.ARCHIVED])
def test_examples_say_what_is_really_sent(audience: Audience, state: State) -> None:
    policy = replace(
        a_policy(), texts=SHIPPED, audiences=(Addressed(audience=Audience.SUPPORT, people=("UANN",)),)
    )
    there = replace(announced(id="RET-7", state=state), policy=policy)
    if audience is Audience.SUPPORT:
        news = "announced" if state is State.MIGRATING else "closed"
        said = texts(informed.message_to(there, "UANN", news)["blocks"])[1]
    else:
        said = audiences.told(there, "UT0", there.obligations)[0]
    (text,) = (one for one in SHIPPED if one.audience is audience)
    is_closed = state is State.ARCHIVED
    shown = filled(text.closed if is_closed else text.under_way, examples(audience, is_closed=is_closed))

    def facts(text: str) -> list[str]:
        what, when, _why, _successor, action, *_ = text.replace("**", "*").split("\n")
        return [what, when[: -len("Mon 2026-05-04")], action]

    assert facts(shown) == facts(said)


def test_a_policy_from_before_there_were_texts_tells_everybody_the_five_facts() -> None:
    assert told(owning(Kind.DASHBOARD, Kind.CONSUMER, texts=())) == FACTS


def test_once_it_is_closed_everybody_is_told_what_stays() -> None:
    archived = Archived(
        location="s3://kept/churn", preservation_id="sha256:aa", manifest_digest="sha256:bb", files=3, bytes=9
    )
    dark = StepProgress(kind=StepKind.DISABLE, progress=Progress.DONE, at=days(95))
    over = {"state": State.ARCHIVED, "archived": archived, "steps": (dark,)}
    assert told(owning(Kind.CONSUMER, **over)) == [
        "*What* churn-v1 is retired (RET-1)",
        "*When* service ended on Fri 2027-06-04",
        *FACTS[2:4],
        "*Action* None any more",
        "*Endpoints that are dark* churn-v1",
        "*What stays* 3 files, sealed as sha256:aa at s3://kept/churn: ask <@UPAT> to read them",
    ]
    assert "s3://" not in "\n".join(told(owning(Kind.DASHBOARD, **over)))


def everything() -> tuple[NoticeText, ...]:
    """Texts that say all there is to say, as often as fits."""
    found = []
    for audience in Audience:
        text = f"{audience}"
        for name in PLACEHOLDERS:
            text += f"\n**{audience}** {{{name}}}"
        found.append(NoticeText(audience=audience, under_way=text, closed=text))
    return tuple(found)


@pytest.mark.parametrize("state", [State.MIGRATING, State.ARCHIVED])
@pytest.mark.parametrize("words", [SHIPPED, everything()], ids=["shipped", "everything"])
def test_hundreds_with_long_names_full_of_mischief_fit_and_mention_nobody(
    words: tuple[NoticeText, ...], state: State
) -> None:
    support = Addressed(audience=Audience.SUPPORT, channels=("CSUPPORT",))
    both = tuple(Addressed(audience=audience, people=("UALL",)) for audience in Audience)
    policy = replace(a_policy(), texts=words, audiences=(support, *both))
    crowd = overloaded(state=state, policy=policy)
    owed = tuple(
        replace(
            one,
            consumer=replace(
                one.consumer,
                kind=list(KINDS.values())[number % 3],
                owners=replace(one.consumer.owners, slack_ids=("UT0",)),
            ),
        )
        for number, one in enumerate(crowd.obligations)
    )
    crowd = replace(crowd, obligations=owed)
    consumers = [one.consumer.consumer_id for one in owed]
    for said in (
        obligations.owner_dm(crowd, "UT0"),
        reminding.reminder(crowd, "UT0", "migrate@x"),
        obligations.handed(crowd, "UT0", consumers),
        *(
            informed.message_to(crowd, to, news)
            for to in ("UT0", "CSUPPORT", "UALL")
            for news in informed.HEADS
        ),
    ):
        check_message(said)
        shown = texts(said["blocks"])
        assert sum(map(len, shown)) <= BLOCK_TEXT_MAX
        assert set(mentions(said["text"], said["blocks"])) <= {"UPAT"}
        assert not any("\u202e" in one for one in shown)


@pytest.mark.parametrize("name", PLACEHOLDERS)
@pytest.mark.parametrize("state", [State.MIGRATING, State.ARCHIVED, State.PROPOSED])
def test_nothing_is_longer_in_its_place_than_policy_check_counts(name: str, state: State) -> None:
    archived = Archived(location=NASTY, preservation_id=NASTY, manifest_digest="", files=1_000_000, bytes=1)
    only = tuple(
        NoticeText(audience=audience, under_way=f"{{{name}}}", closed=f"{{{name}}}") for audience in Audience
    )
    crowd = overloaded(state=state, policy=replace(a_policy(), texts=only), archived=archived)
    whole = replace(crowd, id="RET-1234567")
    assert len(audiences.five_facts(whole)) <= PLACEHOLDERS[name].chars_max


def test_a_text_is_markdown_and_nothing_of_it_is_a_mention_or_a_link_that_is_none() -> None:
    written = (
        "**Soon** <!channel> & <@U1>\n> [how](https://a.example/x?y=1&z) [no](javascript:x) {model}\n- `one`"
    )
    assert filled(marked(written), {"model": "m"}) == (
        "*Soon* &lt;!channel&gt; &amp; &lt;@U1&gt;\n> <https://a.example/x?y=1&amp;z|how> [no](javascript:x) m\n• `one`"
    )
    assert TEXT_MAX < SECTION_MAX


def test_what_the_catalog_knows_of_versions_and_measures_is_told_to_engineers_as_it_is_now() -> None:
    model = an_entity("churn-v1")
    drift = Measured(measure=Measure.DRIFT, value=0.31, on="2027-02-01", told_in="m.csv:2")
    things = [
        model,
        an_entity("churn-v2", guide="https://docs.example/v2?a=1&b=2"),
        *(an_entity(f"{NASTY}{n}", Kind.VERSION, model_id=model.id, measured=(drift,)) for n in (3, 4)),
    ]
    there = Snapshot.of(
        Stored(1, {one.id: one for one in sorted(things, key=lambda one: one.id)}, {}, {}, {}, {}, {})
    )
    state = owning(Kind.CONSUMER)
    (said,) = audiences.told(state, "UT0", state.obligations, there=there)
    versions, measured, guide = said.split("\n")[6:9]
    assert guide == "*How to move* <https://docs.example/v2?a=1&b=2|the migration guide>"
    assert versions.startswith("*Versions* &lt;!channel&gt;")
    assert measured.startswith("*Measured* PSI 0.31, of &lt;!channel&gt;")
    for name, line in (("versions", versions), ("metrics", measured)):
        assert len(line.partition("* ")[2]) <= PLACEHOLDERS[name].chars_max
