"""The disable step: its date, its gates, what may be waived and by whom, and endpoints only people can switch."""

from __future__ import annotations

import pytest

from data.records.progress import Progress, StepKind
from data.records.retirement import State
from tests.data.catalogs import a_document
from tests.scenarios.asking import answers, ask
from tests.scenarios.home import open_home
from tests.scenarios.town import ADA, BRUNO, GOVERNANCE, GRACE, MINA, TOM, Town, buttons, key_of, words

V1 = "churn-v1-prod"


def is_held(town: Town) -> bool:
    return town.retirement().progress(StepKind.DISABLE).progress is Progress.HELD


def test_disabling_before_its_date_is_refused_with_the_date(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    told = town.command(TOM, "disable RET-1")
    assert "Cannot disable churn-v1" in told
    assert "disable is due on 2026-05-04 09:00 UTC" in told
    assert town.endpoints.describe(V1) == "serving"


def test_a_refusal_lists_every_unmet_reason(town: Town):
    town.announce()
    town.command(TOM, 'pause RET-1 "a freeze"')
    told = town.command(TOM, "disable RET-1")
    for reason in (
        "it is paused since 2026-03-17",
        "disable is due on 2026-05-04",
        "migrate is not done",
        "the artifacts are not archived",
        "the archive is not proven by a restore drill",
        "7 consumers are not migrated (",
    ):
        assert reason in told


def test_a_refusal_with_many_endpoints_has_whole_reasons_and_counts_the_rest(town: Town):
    served = "type: model-server, owner: ml-platform, dependsOn: ['resource:churn-v1']"
    names = [f"churn-replica-{number:02d}" for number in range(60)]
    town.learns(*(a_document("Component", name, served, endpoint_kind="local") for name in names))
    town.announce()
    town.command(TOM, "disable RET-1")
    blocks = town.slack.ephemerals[-1]["blocks"]
    *rows, more, step = "\n".join(block["text"]["text"] for block in blocks).splitlines()
    told = [row for row in rows if "churn-replica" in row]
    assert len(told) > 30
    assert all(row.endswith(f"/retire waive RET-1 {row.split()[1]} REASON") for row in told)
    assert more == f"+{61 - len(told)} more", "these and the one it had before"
    assert step == "/retire show RET-1 shows where it stands"


def test_a_held_step_says_why_once_and_goes_on_by_itself(town: Town):
    town.serve()
    town.announce()
    town.answer(BRUNO, "restock-planner")
    town.pass_time(days=60)
    assert is_held(town)
    assert town.thread().count("*disable* is held") == 1, "the same reason is not told every day"
    assert "6 consumers are not migrated" in words(town.card())
    town.everybody_moves()
    town.settle()
    assert town.retirement().state is State.DISABLED, "the last answer was all it waited for"


def test_calls_hold_the_disable_and_name_the_callers(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    town.pass_time(days=47)
    town.call(V1, caller="win-back-mailer")
    town.call(V1, caller="win-back-mailer")
    town.pass_time(days=2)
    assert is_held(town)
    assert f"{V1} was called 2 times by win-back-mailer (2) in the last 5 days" in words(town.card())
    assert town.endpoints.describe(V1) == "serving"
    told = town.command(TOM, "disable RET-1")
    assert "win-back-mailer (2)" in told
    town.pass_time(days=6)
    assert town.retirement().state is State.DISABLED, "five quiet days later"


def test_traffic_cannot_be_waived_where_there_is_a_meter(town: Town):
    town.serve()
    town.announce()
    told = town.command(TOM, "waive RET-1 traffic nobody will notice")
    assert "Traffic cannot be waived" in told
    assert "has a meter" in told
    assert not town.retirement().waivers


def test_a_consumer_is_waived_by_the_coordinator_with_a_reason_on_the_record(town: Town):
    town.announce()
    assert "REASON" in town.command(TOM, "waive RET-1 restock-planner")
    assert "this is for the coordinator" in town.command(ADA, "waive RET-1 restock-planner it is seasonal")
    assert "closest" in town.command(TOM, "waive RET-1 restock-plan it is seasonal").casefold()
    assert not town.retirement().waivers
    town.command(TOM, "waive RET-1 restock-planner it is seasonal")
    assert 'takes responsibility for *restock-planner* — "it is seasonal"' in town.thread()
    assert "all of yours are settled" in words(town.announcement(BRUNO))


def test_an_endpoint_that_does_not_answer_is_not_taken_for_quiet(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    town.pass_time(days=40)
    meter = town.endpoints.folder(V1) / "calls.db"
    assert meter.exists()
    meter.rename(meter.with_suffix(".gone"))
    town.pass_time(days=10)
    assert is_held(town)
    assert "nobody can say whether it serves" in words(town.card())


def test_an_endpoint_that_is_gone_is_vouched_for_by_name(town: Town):
    """Nothing serves here: somebody switched it off long ago, or the catalog has a name of it that is wrong."""
    town.announce()
    town.everybody_moves()
    town.pass_time(days=50)
    assert is_held(town)
    assert f"{V1} is unknown where it should be served" in words(town.card())
    town.command(TOM, f"waive RET-1 {V1} its host was returned in March")
    assert town.retirement().state is State.DISABLED
    assert f"*{V1}* was gone already, as <@{TOM}> had said" in town.thread()

    told = town.command(TOM, "restore RET-1 we want it back")
    assert "nothing had been switched off" in told
    assert town.retirement().state is State.ROLLED_BACK
    assert f"*{V1}*, gone before, stays gone" in town.thread()


@pytest.fixture
def vendor(town: Town) -> Town:
    """A town that retires a model at a vendor, whose endpoint only people can switch."""
    artifact = town.folder / "teapot.bin"
    artifact.write_bytes(b"short and stout")
    told = {"tier": "3", "artifacts": str(artifact)}
    served = "type: model-server, owner: ml-platform, dependsOn: ['resource:teapot']"
    town.learns(
        a_document("Resource", "teapot", "type: ai-model, owner: growth-ml", **told),
        a_document("Component", "teapot-box", served, endpoint_kind="manual", endpoint_ref="the vendor"),
        a_document("Component", "cosy", "type: service, owner: letters, dependsOn: ['resource:teapot']"),
    )
    town.announce("teapot", **{"proposal.successor": None, "proposal.reason": "cost"})
    town.everybody_moves()
    town.pass_time(days=40)
    return town


def test_traffic_nobody_can_measure_is_waived_by_name(vendor: Town):
    vendor.pass_time(days=10)
    assert is_held(vendor)
    assert "has no meter: name who vouches that nobody calls it" in words(vendor.card())
    assert "the coordinator" in vendor.command(GRACE, "waive RET-1 traffic it is quiet")
    vendor.command(TOM, "waive RET-1 traffic the vendor's invoice says zero")
    assert vendor.retirement().progress(StepKind.DISABLE).progress is Progress.RUNNING


def asked(town: Town, action: str) -> dict[str, object]:
    return town.posted(GOVERNANCE, f"RET-1/announcement-1/manual/{action}/component:default/teapot-box")


def test_what_only_people_can_switch_is_confirmed_by_one_and_checked_by_another(vendor: Town):
    vendor.command(TOM, "waive RET-1 traffic the invoice says zero")
    vendor.pass_time(days=10)
    assert vendor.retirement().state is State.MIGRATING, "nobody has switched it off yet"
    assert "please disable *teapot-box*" in words(asked(vendor, "disable"))

    vendor.press(GRACE, asked(vendor, "disable"), "manual.report")
    assert "You may not report manual RET-1" in vendor.told(GRACE)
    vendor.opens(MINA, lambda: vendor.press(MINA, asked(vendor, "disable"), "manual.report"))
    assert list(vendor.submit(MINA, {"manual.evidence": "  "})) == ["manual.evidence"]
    assert vendor.submit(MINA, {"manual.evidence": "ticket LW-12"}) == {}
    assert 'says *teapot-box* is disabled — "ticket LW-12"' in words(asked(vendor, "disable"))

    vendor.press(MINA, asked(vendor, "disable"), "manual.check")
    assert "You reported it yourself" in vendor.told(MINA)
    vendor.press(TOM, asked(vendor, "disable"), "manual.contradict")
    assert f":x: <@{TOM}> looked: the disable of *teapot-box* is not so" in vendor.thread()
    assert "please disable *teapot-box*" in words(asked(vendor, "disable"))
    report(vendor, MINA, "ticket LW-12, and the box is unplugged")
    assert vendor.retirement().state is State.MIGRATING
    vendor.press(TOM, asked(vendor, "disable"), "manual.check")
    assert vendor.retirement().state is State.DISABLED
    assert buttons(asked(vendor, "disable")) == []

    vendor.command(TOM, "restore RET-1 the vendor has better tea")
    report(vendor, MINA, "ticket LW-13", action="restore")
    vendor.press(TOM, asked(vendor, "restore"), "manual.check")
    assert vendor.retirement().state is State.ROLLED_BACK


def report(town: Town, person: str, evidence: str, *, action: str = "disable") -> None:
    town.opens(person, lambda: town.press(person, asked(town, action), "manual.report"))
    assert town.submit(person, {"manual.evidence": evidence}) == {}


def test_it_is_reported_from_home_and_looked_at_below_an_answer_of_whoever_it_waits_for(vendor: Town):
    vendor.command(TOM, "waive RET-1 traffic the invoice says zero")
    vendor.pass_time(days=10)
    said = ask(vendor, GRACE, "what blocks RET-1?")
    assert ":memo: teapot-box has to be switched off by hand, since 2026-05-04 (" in said
    assert f"<@{MINA}>" in said
    assert "|RET-1 entry" in said
    assert "Yours to switch by hand (1)" in open_home(vendor, MINA)
    about = "RET-1|component:default/teapot-box|disable"
    vendor.opens(MINA, lambda: vendor.slack.click_in_view(MINA, "manual.report", about))
    assert vendor.submit(MINA, {"manual.evidence": "ticket LW-12"}) == {}
    assert "a second person has to look" in ask(vendor, GRACE, "who has not answered?")
    ask(vendor, TOM, "what waits for me?")
    vendor.press(TOM, answers(vendor, TOM)[-1], "manual.check", about)
    assert vendor.retirement().state is State.DISABLED


def test_what_cannot_come_back_by_hand_is_waived_by_name(vendor: Town):
    vendor.command(TOM, "waive RET-1 traffic the invoice says zero")
    vendor.pass_time(days=10)
    report(vendor, MINA, "ticket LW-12")
    vendor.press(TOM, asked(vendor, "disable"), "manual.check")
    vendor.command(TOM, "restore RET-1 the vendor has better tea")
    assert "If it cannot come back: `/retire waive RET-1" in words(asked(vendor, "restore"))
    told = vendor.command(TOM, "restore RET-1 where is it")
    assert "Asked of people, in its thread: teapot-box" in told
    vendor.command(TOM, "waive RET-1 teapot-box the vendor scrapped it")
    assert vendor.retirement().state is State.ROLLED_BACK
    assert f"*teapot-box* cannot come back, says <@{TOM}>" in vendor.thread()
    assert "*teapot-box*, gone before, stays gone" in vendor.thread()
    assert buttons(asked(vendor, "restore")) == []


def test_a_request_to_switch_off_does_not_hold_while_it_is_paused(vendor: Town):
    vendor.command(TOM, "waive RET-1 traffic the invoice says zero")
    vendor.pass_time(days=10)
    assert f"<@{TOM}>, please disable *teapot-box*" in words(asked(vendor, "disable"))
    assert "Asked of people, in its thread: teapot-box" in vendor.command(TOM, "disable RET-1")
    report(vendor, MINA, "ticket LW-12")
    vendor.command(TOM, "pause RET-1 a freeze")
    assert "is not to be disabled, it is paused since" in words(asked(vendor, "disable"))
    assert buttons(asked(vendor, "disable")) == []

    vendor.command(TOM, "resume RET-1")
    vendor.press(TOM, asked(vendor, "disable"), "manual.check")
    assert vendor.retirement().state is State.DISABLED


def test_who_is_asked_to_switch_off_by_hand_is_asked_again_and_then_the_channel_is(vendor: Town):
    vendor.command(TOM, "waive RET-1 traffic the invoice says zero")
    vendor.pass_time(days=10)
    report(vendor, MINA, "ticket LW-12")
    vendor.pass_time(days=7)
    (again,) = [one for one in vendor.slack.messages(TOM) if "/asked again/" in key_of(one)]
    assert "1 endpoint not yet disabled by hand" in words(again)
    assert f"<@{MINA}> says it is done, and a second person has to check" in words(again)
    (channel,) = [one for one in vendor.slack.messages(GOVERNANCE) if "/asked again/" in key_of(one)]
    assert f"<@{TOM}> must act" in words(channel)
    vendor.pass_time(days=30)
    assert vendor.thread().count("Still to disable by hand") == 2


def test_a_consumer_that_appears_after_the_request_holds_the_switch_by_hand(vendor: Town):
    vendor.command(TOM, "waive RET-1 traffic the invoice says zero")
    vendor.pass_time(days=10)
    vendor.learns(
        a_document("Component", "late", "type: service, owner: letters, dependsOn: ['resource:teapot']")
    )
    report(vendor, MINA, "ticket LW-12")
    assert "appeared after the vote (component:default/late)" in vendor.told(MINA)
    assert vendor.retirement().manual == ()


def test_a_request_to_switch_off_ends_when_service_is_asked_back(vendor: Town):
    vendor.command(TOM, "waive RET-1 traffic the invoice says zero")
    vendor.pass_time(days=10)
    report(vendor, MINA, "ticket LW-12")
    vendor.command(TOM, "restore RET-1 the vendor has better tea")
    assert "service is being restored" in words(asked(vendor, "disable"))
    assert buttons(asked(vendor, "disable")) == []
