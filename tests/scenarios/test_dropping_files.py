"""A file dropped into the import channel is imported, by whom the catalog knows, once, and told in its thread."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.events import Imported
from tests import canary
from tests.fakes.slack import BOT_USER, DOWNLOAD, File, User
from tests.scenarios.town import GOVERNANCE, TOM, Town, words

IMPORTS = "C01GROWTHML"
EDGES = "from,to,from_kind\ntuesday-mailer,churn-v1,consumer\n"
MODEL = """
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: uplift, annotations: {emeritus.dev/artifacts: "weights.json, card=/etc/passwd, git+file:///srv/x@3f2c, s3://models/uplift"}}
spec: {type: ai-model, owner: data-science, lifecycle: production}
"""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, serves=False, import_channel=IMPORTS) as running:
        yield running


def drop(
    town: Town,
    content: str | bytes,
    name: str | None = "edges.csv",
    *,
    by: str = TOM,
    channel: str = IMPORTS,
    **more: object,
) -> File:
    """Share it, and let the bot do what that leads to."""
    file = town.slack.share(by, channel, name, content, **more)
    town.settle()
    return file


def told(town: Town, file: File, channel: str = IMPORTS) -> list[str]:
    """What was said in the thread of the message a file was shared with."""
    ts = file.shares[channel][1] or file.shares[channel][0]
    return [
        words(one) for one in town.slack.messages(channel) if one["thread_ts"] == ts and one["user"] == "UBOT"
    ]


def consumers(town: Town) -> set[str]:
    found = town.bot.house.catalog.impact("resource:default/churn-v1").consumers
    return {one.name for one in found}


def version(town: Town) -> int:
    return town.bot.house.catalog.version()


def imported(town: Town) -> list[Imported]:
    events = [stored.event for stored in town.bot.store.events("catalog")]
    return [one for one in events if isinstance(one, Imported) and one.by == TOM]


def test_a_csv_is_imported_and_its_report_is_told_in_its_thread(town: Town) -> None:
    file = drop(town, EDGES)
    assert "tuesday-mailer" in consumers(town)
    (report,) = told(town, file)
    assert report.startswith(":white_check_mark: *edges.csv* was imported as csv")
    assert "edges: 1 read, 1 kept, 0 skipped" in report
    assert "catalog is now at version 2: 3 new, 0 changed, 0 unseen, 0 withdrawn" in report
    (event,) = imported(town)
    assert event.changed_ids == (
        "csv:churn-v1",
        "csv:tuesday-mailer",
        "csv:tuesday-mailer -> csv:churn-v1",
    )
    assert town.bot.house.catalog.snapshot().id_of("csv:churn-v1") == "resource:default/churn-v1"
    assert town.bot.house.catalog.entity("csv:tuesday-mailer").declared_in == f"slack:{IMPORTS}/edges.csv:2"


RESOURCE = """
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {{name: {}}}
spec: {{type: ai-model, owner: storefront}}
"""
SERVER = RESOURCE.replace("Resource", "Component").replace(
    "ai-model", "model-server, dependsOn: [resource:churn-v1]"
)
GUESSES = {
    "edges.csv": "from,to,from_kind\nN-mailer,NAME,consumer\nN-mailer,NAME-prod,nonsense\n",
    "ids.csv": "from,to\nN-mailer,resource:default/NAME\ncomponent:default/NAME-prod,churn-v1\n",
    "calls.csv": "from,to,last_seen\nNAME-prod,churn-v1,2026-03-01\nN-mailer,NAME-prod,2026-03-01\n",
    "model.yaml": RESOURCE.format("NAME"),
    "server.yaml": SERVER.format("NAME-prod"),
    "alias.yaml": RESOURCE.format(
        "N-model, annotations: {emeritus.dev/aliases: 'NAME, resource:default/NAME'}"
    ),
}
OF_CHURN = "resource:default/churn-v1"


@pytest.mark.parametrize(
    "forms", [("edges.csv", "calls.csv"), ("ids.csv", "model.yaml", "server.yaml"), ("alias.yaml",)], ids=str
)
def test_of_a_guessed_name_a_report_says_what_it_says_of_one_that_nobody_has(
    tmp_path: Path, forms: tuple[str, ...]
) -> None:
    """Everybody in the channel reads the name in the file; none of our words may say that it means something."""
    with Town(tmp_path, serves=False, import_channel=IMPORTS, may_know=(TOM, IMPORTS)) as town:
        before = town.bot.house.catalog.snapshot()
        said = {
            (form, again, name): reported(town, form, f"n{number}-{again}", name)
            for form in forms
            for again in range(2)
            for number, name in enumerate(("first-of-all", canary.CANARY, "crimson-walrus"))
        }
        for form, again, _ in said:
            assert said[form, again, canary.CANARY] == said[form, again, "crimson-walrus"], form
        after = town.bot.house.catalog.snapshot()
        model = "resource:default/silent-heron"
        assert after.audiences == before.audiences
        assert after.owners_of(after.entity(model)) == before.owners_of(before.entity(model))
        for one in (model, OF_CHURN):
            assert after.endpoints_of(one) == before.endpoints_of(one)


def reported(town: Town, form: str, own: str, name: str) -> str:
    """What is said of such a file, whichever name it has and how often the catalog has changed."""
    content = re.sub(r"\bN\b", own, GUESSES[form].replace("NAME", name))
    (report,) = told(town, drop(town, content, f"{own}-{form}"))
    return re.sub(r"version \d+", "", re.sub(r"\bn\d-\d\b", "N", report.replace(name, "NAME")))


def test_whoever_may_know_of_it_does_not_tell_the_channel(town: Town) -> None:
    """It is judged by the name of that model, as every scenario is."""
    town.slack.ws.channels[IMPORTS].members.append(canary.QUINN)
    file = drop(town, "from,to,from_kind\ntuesday-mailer,SILENT-HERON-PROD,consumer\n", by=canary.QUINN)
    (report,) = told(town, file)
    assert 'note edges.csv:2 "a restricted model": joined to a restricted model by its name' in report


def test_a_password_and_a_name_without_end_are_neither_kept_nor_told(town: Town) -> None:
    secret = "postgres://ada:s3cr3t@db.example.com/shop?token=s3cr3t"
    file = drop(town, f"{EDGES}{secret},churn-v1,dataset\n{'x' * 1_000_000},churn-v1,consumer\n")
    assert {"tuesday-mailer", "postgres://db.example.com/shop"} <= consumers(town)
    (report,) = told(town, file)
    assert "note edges.csv 2 credentials: not kept" in report
    assert "characters; this one has 1,000,000" in report
    assert len(report) < 3_000
    assert "s3cr3t" not in str((town.slack.messages(IMPORTS), town.bot.house.catalog.known()))


def test_backstage_yaml_is_imported_and_its_paths_lead_nowhere(town: Town) -> None:
    file = drop(town, MODEL, "catalog-info.yaml")
    (report,) = told(town, file)
    assert report.startswith(":white_check_mark: *catalog-info.yaml* was imported as backstage")
    assert "note catalog-info.yaml:2 artifact etc/passwd: a path of a file that was shared in Slack" in report
    assert town.bot.house.catalog.model("uplift").artifacts == (
        f"slack:{IMPORTS}/weights.json",
        f"slack:{IMPORTS}/etc/passwd",
        f"slack:{IMPORTS}/srv/x@3f2c",
        "s3://models/uplift",
    )
    classes = town.bot.house.catalog.model("uplift").classes
    assert {one.uri: str(one.of) for one in classes} == {
        f"slack:{IMPORTS}/etc/passwd": "card",
        f"slack:{IMPORTS}/srv/x@3f2c": "code",
    }


def test_what_is_cut_off_changes_nothing_and_each_format_says_why(town: Town) -> None:
    file = drop(town, EDGES + "monday-mailer")
    assert (version(town), imported(town)) == (1, [])
    (refusal,) = told(town, file)
    assert refusal.startswith(":x: *edges.csv* was not imported. Nothing was changed")
    why = "csv: edges.csv:3 1 cells: 3 as in the header: is the file complete?"
    assert why in refusal
    assert (
        "mlflow, sagemaker, dbt, datahub, openlineage, cyclonedx, openmetadata: edges.csv:1 Expecting"
        in refusal
    )
    assert "backstage: edges.csv:1" in refusal


def test_a_stranger_changes_nothing_and_is_told_alone_what_to_do(town: Town) -> None:
    town.slack.ws.channels[IMPORTS].members.append("U01STRANGER")
    town.slack.ws.users["U01STRANGER"] = User(id="U01STRANGER", name="mallory")
    file = drop(town, EDGES, by="U01STRANGER")
    assert (version(town), told(town, file)) == (1, [])
    assert "this is for people the catalog knows by their Slack id" in town.told("U01STRANGER")
    assert "files.info" not in [call.method for call in town.slack.calls]


def test_a_file_in_another_channel_is_nobodys(town: Town) -> None:
    file = drop(town, EDGES, channel=GOVERNANCE)
    assert (version(town), told(town, file, GOVERNANCE)) == (1, [])
    assert "files.info" not in [call.method for call in town.slack.calls]


def test_the_same_again_changes_nothing_and_says_so(town: Town) -> None:
    drop(town, EDGES)
    (report,) = told(town, drop(town, EDGES))
    assert "nothing new: the catalog stays at version 2" in report
    assert len(imported(town)) == 1


def test_the_same_name_is_the_same_source_and_another_name_another(town: Town) -> None:
    drop(town, EDGES)
    drop(town, "from,to,from_kind\nfriday-mailer,churn-v1,consumer\n", "other.csv")
    assert town.bot.house.catalog.snapshot().unseen == {}
    (report,) = told(town, drop(town, "from,to,from_kind\nmonday-mailer,churn-v1,consumer\n"))
    assert "unseen csv:tuesday-mailer: declared before, not in this source now; kept" in report
    assert list(town.bot.house.catalog.snapshot().unseen) == ["csv:tuesday-mailer"]


def test_slacks_retries_do_nothing_twice(town: Town) -> None:
    file = town.slack.share(TOM, IMPORTS, "edges.csv", EDGES)
    for retry in (1, 2):
        town.slack.redeliver(file.told, retry=retry)
    town.settle()
    town.slack.redeliver(file.told, retry=3)
    town.settle()
    assert (len(imported(town)), len(told(town, file))) == (1, 1)
    assert [call.method for call in town.slack.calls].count("files.info") == 1


def test_what_could_be_two_formats_is_imported_as_neither(town: Town) -> None:
    event = {"eventTime": "2026-03-01T00:00:00Z", "job": {"namespace": "n", "name": "score"}}
    proposal = {
        "entityType": "mlModel",
        "entityUrn": "urn:li:mlModel:(urn:li:dataPlatform:mlflow,uplift,PROD)",
    }
    proposal |= {"changeType": "UPSERT", "aspectName": "mlModelProperties", "aspect": {"description": "x"}}
    file = drop(town, json.dumps([event, proposal]), "lineage.json")
    (refusal,) = told(town, file)
    assert (
        "lineage.json could be more than one format: it reads as datahub and as openlineage, which tell of different "
        "things. Say which it is, on the machine: emeritus import datahub FILE or emeritus import openlineage FILE"
    ) in refusal
    assert (version(town), imported(town)) == (1, [])


def test_what_the_bot_shares_itself_is_nobodys(town: Town) -> None:
    file = drop(town, EDGES, by=BOT_USER)
    assert file.told.ok
    assert (version(town), told(town, file), town.slack.ephemerals) == (1, [], [])


def test_what_was_acknowledged_outlives_a_restart(town: Town) -> None:
    file = town.slack.share(TOM, IMPORTS, "edges.csv", EDGES)
    assert file.told.ok
    town.restart()
    town.settle()
    assert (len(imported(town)), len(told(town, file))) == (1, 1)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"size": 10_485_761}, "it has 10,485,761 bytes, and at most 10,485,760 are read from Slack"),
        ({"mode": "external"}, "it lies outside of Slack. Download it, and share the file itself"),
        ({"has_download": False}, "Slack offers no download of it. Share it as a file"),
        ({"mimetype": "text/html"}, "it is of the kind text/html, and no catalog"),
    ],
    ids=["too large", "external", "no download", "a page"],
)
def test_what_cannot_be_read_from_slack_is_not_asked_for(
    town: Town, more: dict[str, object], why: str
) -> None:
    (refusal,) = told(town, drop(town, EDGES, **more))
    assert f"edges.csv: {why}" in refusal
    assert DOWNLOAD not in [call.method for call in town.slack.calls]
    assert version(town) == 1


def test_a_file_that_is_deleted_before_it_is_read_is_told_in_the_channel(town: Town) -> None:
    file = town.slack.share(TOM, IMPORTS, "edges.csv", EDGES)
    file.is_deleted = True
    town.settle()
    assert "The file is not there any more. Share it again" in words(town.slack.messages(IMPORTS)[-1])
    assert version(town) == 1


def test_where_the_message_is_deleted_meanwhile_the_channel_hears_it(town: Town) -> None:
    file = town.slack.share(TOM, IMPORTS, "edges.csv", EDGES)
    town.slack.ws.messages[IMPORTS].clear()
    town.settle()
    (report,) = town.slack.messages(IMPORTS)
    assert (report["thread_ts"], len(imported(town))) == (None, 1)
    assert words(report).startswith(":white_check_mark: *edges.csv* was imported as csv")
    assert file.told.ok


def test_a_file_in_a_thread_is_answered_there_and_one_slack_lists_late_all_the_same(town: Town) -> None:
    first = drop(town, EDGES)
    file = drop(town, EDGES, "late.csv", thread=first.shares[IMPORTS][0], unlisted_for=2)
    assert len(told(town, first)) == 2
    assert file.unlisted_for == 0


@pytest.mark.parametrize("kind", ["server_error", "rate_limited", "accepted_then_reset"])
@pytest.mark.parametrize("method", ["files.info", DOWNLOAD])
def test_a_slack_that_fails_for_a_while_is_asked_again(town: Town, method: str, kind: str) -> None:
    town.slack.fail_next(method, kind, times=2)
    file = drop(town, EDGES)
    town.pass_time(minutes=3)
    assert (len(imported(town)), len(told(town, file))) == (1, 1)


def test_a_slack_that_does_not_give_the_file_is_told_after_some_minutes(town: Town) -> None:
    town.slack.fail_next(DOWNLOAD, "server_error", times=99)
    file = drop(town, EDGES)
    assert told(town, file) == []
    town.pass_time(minutes=10)
    (refusal,) = told(town, file)
    assert "Slack does not give the file: it answers 500. Share it again once it does" in refusal
    assert version(town) == 1


def test_without_the_scope_any_more_the_page_to_sign_in_on_is_no_catalog(town: Town) -> None:
    file = town.slack.share(TOM, IMPORTS, "edges.csv", EDGES)
    info = town.slack.web_api.methods["files.info"]
    town.slack.web_api.methods["files.info"] = type(info)(info.run, info.needed, info.known)
    town.slack.ws.scopes.discard("files:read")
    town.settle()
    (refusal,) = told(town, file)
    assert "Slack does not give the file to Emeritus: it answers with a page to sign in on" in refusal
    assert version(town) == 1


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
        ("/etc/cron.d/x.csv", "%2Fetc%2Fcron.d%2Fx.csv"),
        ("..", "%2E."),
        ("a\x00b\nc\x1b[31m.csv", "a%00b%0Ac%1B[31m.csv"),
        ("\u202egpj.csv", "%E2%80%AEgpj.csv"),
        ("<!channel> & `x` *bold*.csv", "%3C!channel%3E & %60x%60 %2Abold%2A.csv"),
        ("e\u0301dges.csv", "\u00e9dges.csv"),
        ("100% <@U01TOMBIRCH>.csv", "100%25 %3C@U01TOMBIRCH%3E.csv"),
        (None, ""),
    ],
)
def test_a_hostile_name_leads_nowhere_and_mentions_nobody(town: Town, name: str | None, kept: str) -> None:
    file = drop(town, EDGES, name)
    declared = town.bot.house.catalog.entity("csv:tuesday-mailer").declared_in
    assert declared == f"slack:{IMPORTS}/{kept or file.id}:2"
    assert len(told(town, file)) == 1
    assert town.slack.broadcasts == []
    assert town.slack.messages(IMPORTS)[-1]["mentions"] == []


def test_a_name_that_is_far_too_long_is_cut_and_stays_its_own(town: Town) -> None:
    drop(town, EDGES, f"{'x' * 300}1.csv")
    drop(town, "from,to,from_kind\nfriday-mailer,churn-v1,consumer\n", f"{'x' * 300}2.csv")
    assert town.bot.house.catalog.snapshot().unseen == {}
    assert {"tuesday-mailer", "friday-mailer"} <= consumers(town)


TAKEN_OVER = """
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: security}
spec: {type: team, children: [], members: [tom-birch]}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: mine}
spec: {type: team, parent: security, children: [], members: [tom-birch]}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: sam-oduya, annotations: {emeritus.dev/slack-id: "U01TOMBIRCH"}}
spec: {memberOf: []}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: churn-v1}
spec: {type: ai-model, owner: mine}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: restock-planner}
spec: {type: service, owner: mine, dependsOn: ["resource:churn-v2"]}
"""


def test_a_shared_file_makes_nobody_an_owner_or_voter_of_what_other_sources_tell_of(town: Town) -> None:
    before = town.bot.house.catalog.snapshot()
    file = drop(town, TAKEN_OVER, "takeover.yaml")
    after = town.bot.house.catalog.snapshot()
    assert after.version == before.version + 1
    assert after.group("security") == before.group("security")
    assert not [one for one in after.known() if one.id == "group:default/mine"]
    for one in ("resource:default/churn-v1", "component:default/restock-planner"):
        assert after.owners_of(after.entity(one)) == before.owners_of(before.entity(one))
    assert after.manager_slack_of(TOM) == before.manager_slack_of(TOM)
    assert after.person("user:default/sam-oduya") == before.person("user:default/sam-oduya")
    assert consumers(town) == {one.name for one in before.impact("resource:default/churn-v1").consumers}, (
        "what another source states of a thing it tells of is not withdrawn"
    )
    (report,) = told(town, file)
    assert "A file shared in Slack changes nothing of what others tell" in report


SERVED_OTHERWISE = """
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: mine}
spec: {type: ai-model, owner: growth-ml, dependencyOf: ["component:churn-v2-prod"]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: mine-prod
  annotations: {emeritus.dev/endpoint-kind: local, emeritus.dev/endpoint-ref: churn-v1-prod}
spec: {type: model-server, owner: growth-ml, dependsOn: ["resource:mine"]}
"""


def test_a_shared_file_changes_nothing_of_how_others_endpoints_are_switched_off(town: Town) -> None:
    models = ("resource:default/churn-v1", "resource:default/churn-v2")
    before = [town.bot.house.catalog.snapshot().endpoints_of(model) for model in models]
    drop(town, "from,to,last_seen\nchurn-v2-prod,churn-v1,2026-03-01\n", "seen.csv")
    assert [town.bot.house.catalog.snapshot().endpoints_of(model) for model in models] == before
    file = drop(town, SERVED_OTHERWISE, "served.yaml")
    after = town.bot.house.catalog.snapshot()
    assert [after.endpoints_of(model) for model in models] == before
    assert after.endpoints_of("resource:default/mine") == ()
    (report,) = told(town, file)
    assert "component:default/mine-prod: passed over. An endpoint is not taken from a file shared" in report
    assert "what component:default/churn-v2-prod serves is told elsewhere; left out" in report
