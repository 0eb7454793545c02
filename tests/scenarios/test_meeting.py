"""Two retirements that meet are shown to both, once, with a link from either to the other."""

from __future__ import annotations

from tests.data.catalogs import a_document
from tests.scenarios.town import ADA, GOVERNANCE, TOM, Town, words

IN_FIRST, IN_SECOND = "meeting/RET-1/RET-2/in/RET-1", "meeting/RET-1/RET-2/in/RET-2"
OF_ITS_OWN = {"proposal.successor": "resource:default/churn-v2"}


def two_meet(town: Town) -> None:
    """One consumer calls both models, and both lead to churn-v2."""
    depends = (
        "type: service, owner: letters, dependsOn: ['component:churn-v1-prod', 'resource:churn_nightly']"
    )
    town.learns(a_document("Component", "both-ways", depends))
    assert town.propose("churn-v1") == {}
    assert town.propose("churn_nightly", by=ADA, target="2026-09-01") == {}


def permalink(town: Town, retirement_id: str) -> str:
    ts = town.card(retirement_id)["ts"].replace(".", "")
    return f"https://example.slack.com/archives/{GOVERNANCE}/p{ts}"


def test_two_that_hit_the_same_consumer_are_told_in_both_threads_with_both_coordinators(town: Town):
    two_meet(town)
    first, second = town.posted(GOVERNANCE, IN_FIRST), town.posted(GOVERNANCE, IN_SECOND)
    assert first["thread_ts"] == town.card("RET-1")["ts"]
    assert second["thread_ts"] == town.card("RET-2")["ts"]
    assert first["text"] == (
        ":twisted_rightwards_arrows: Another retirement meets this one. *RET-2* (churn_nightly, proposed): "
        "1 consumer is hit by both: both-ways; both are followed by churn-v2.\n"
        f"<@{TOM}> and <@{ADA}>: agree on your dates, so that nobody moves twice or to what goes itself. "
        f"<{permalink(town, 'RET-2')}|The card of RET-2>."
    )
    assert "*RET-1* (churn-v1, proposed): 1 consumer is hit by both: both-ways" in second["text"]
    assert f"<{permalink(town, 'RET-1')}|The card of RET-1>" in second["text"]


def test_each_pair_is_told_once_however_often_plans_change(town: Town):
    two_meet(town)
    town.opens(ADA, lambda: town.press(ADA, town.card("RET-2"), "proposal.revise"))
    assert town.submit(ADA, {"proposal.target": "2026-10-01"}) == {}
    town.opens(TOM, lambda: town.press(TOM, town.card("RET-1"), "proposal.revise"))
    assert town.submit(TOM, {"proposal.target": "2026-11-02"}) == {}
    town.restart()
    town.pass_time(hours=1)
    assert [town.keys(GOVERNANCE).count(key) for key in (IN_FIRST, IN_SECOND)] == [1, 1]


def test_who_asks_how_one_stands_sees_what_it_meets_as_it_is_now(town: Town):
    two_meet(town)
    shown = town.command(TOM, "show RET-1")
    assert "*Meets*" in shown
    assert "*RET-2* (churn_nightly, proposed): 1 consumer is hit by both: both-ways" in shown
    assert "`/retire show RET-2`" in shown
    town.command(ADA, "cancel RET-2 not yet")
    assert "*Meets*" not in town.command(TOM, "show RET-1")


def test_one_that_retires_the_others_successor_says_what_waits(town: Town):
    assert town.propose("churn-v1") == {}
    assert (
        town.propose("churn-v2", target="2026-07-01", **{"proposal.successor": "resource:default/churn-v3"})
        == {}
    )
    first, second = town.posted(GOVERNANCE, IN_FIRST), town.posted(GOVERNANCE, IN_SECOND)
    waits = "announcement and switch-off wait until one of the two plans changes"
    assert f"it retires churn-v2, which is to follow churn-v1; the {waits}" in words(first)
    assert f"churn-v2 is to follow churn-v1, whose {waits}" in words(second)
    assert f"<@{TOM}>: both are yours; see that nobody moves twice" in words(first)


def test_without_a_link_the_other_is_named_all_the_same(town: Town):
    town.slack.fail_next("chat.getPermalink", "server_error", times=2)
    two_meet(town)
    assert town.posted(GOVERNANCE, IN_FIRST)["text"].endswith("nobody moves twice or to what goes itself.")


def test_two_that_have_nothing_in_common_are_left_alone(town: Town):
    assert town.propose("churn-v1") == {}
    apart = {"proposal.successor": None, "proposal.reason": "cost"}
    assert town.propose("churn_nightly", by=ADA, target="2026-09-01", **apart) == {}
    assert not [key for key in town.keys(GOVERNANCE) if key.startswith("meeting/")]
