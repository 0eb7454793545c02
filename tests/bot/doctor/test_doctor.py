"""The doctor finds each thing that can be wrong and says how to mend it; with nothing wrong it says so."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.doctor.doctor import report
from bot.doctor.finding import Finding
from bot.imports_file import read_imports
from bot.manifest import SCOPES, scopes
from bot.signing_key import make, signer_of
from data.policies.policy import read_policy
from data.records.decision import ClaimKind, Dead, Effect, EffectKind, HeldUp, NotDone
from data.sql.wishes import put_effects
from data.sqlite.store import SqliteStore
from tests.bot.listeners.desk import GOVERNANCE, NOW, POLICY, TOM, Desk
from tests.fakes.slack import Channel, SlackFake, User
from workflows.adapters.endpoint_folders import Config, Status, local_folders
from workflows.machine import RetirementMachine
from workflows.signing import sign_with

Examine = Callable[..., list[Finding]]

COPY = "Copy the Bot User OAuth Token of the app (OAuth & Permissions) into SLACK_BOT_TOKEN again"
MAKE = (
    "Make an app-level token with connections:write (Basic Information, App-Level Tokens), "
    "put it into SLACK_APP_TOKEN, and turn Socket Mode on"
)
REINSTALL = "Put the output of emeritus manifest into the app's manifest and install the app again"
SWITCHED_OFF = ("churn-v1-prod", "churn-v2-prod", "churn_nightly-batch")
INVITE = "Invite the bot there with /invite @Emeritus, or correct [channels] governance in the policy"
REACH = (
    "Let this machine reach it (network, proxy, firewall), or correct SLACK_API_URL, "
    "and run emeritus doctor again"
)


def a_slack(*, scopes: set[str] | None = None, members: tuple[str, ...] = (TOM, "UBOT")) -> SlackFake:
    room = Channel(id=GOVERNANCE, name="model-retirements", members=list(members))
    return SlackFake([User(id=TOM, name="tom")], [room], scopes=set(SCOPES) if scopes is None else scopes)


def a_folder(home: Path, ref: str, wanted: Status = Status.DISABLED) -> None:
    """What is left of an endpoint whose process is gone."""
    folders = local_folders(home / "endpoints")
    folders.make(ref)
    folders.save(Config(ref=ref, wanted=wanted))


@pytest.fixture
def examine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Examine:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with Desk(tmp_path):
        pass  # the store is there, with the sample company in it
    for ref in SWITCHED_OFF:
        a_folder(tmp_path, ref)
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)

    def look(slack: SlackFake, *, http: str | None = None, now: datetime = NOW, **more: str) -> list[Finding]:
        environ = {
            "EMERITUS_STORE": str(tmp_path / "emeritus.db"),
            "EMERITUS_ARCHIVE": str(tmp_path / "archive"),
            "EMERITUS_POLICY": str(policy),
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            **more,
        }
        found: list[Finding] = []
        well = report(environ, found.append, http=http, now=now)
        assert well == all(one.ok for one in found)
        return found

    return look


def bad(found: list[Finding]) -> list[str]:
    return [str(finding) for finding in found if not finding.ok]


def test_with_everything_in_place_every_line_is_fine(examine: Examine, tmp_path: Path) -> None:
    with a_slack() as slack:
        found = examine(slack)

    digest = read_policy(tmp_path / "policy.toml").digest
    assert [str(finding) for finding in found] == [
        "ok  settings: complete",
        f"ok  policy: policy, {digest[:19]}",
        "ok  store: 1 entries of 1 streams hold",
        (
            "ok  log: 0 of 1 entries are sealed; its heads are not signed, so nobody outside can hold on to one: "
            "emeritus key new FILE makes a key, EMERITUS_SIGNING_KEY names it"
        ),
        "ok  delivery: nothing has stopped for good",
        "ok  catalog: 12 models",
        "ok  role owner: whoever owns the model",
        "ok  role platform: 2 people for 1 approvals",
        "ok  role product: 2 people for 1 approvals",
        "ok  role security: 2 people for 1 approvals",
        (
            "ok  working hours: 9 to 17 o'clock on their own clock, monday, tuesday, wednesday, thursday, friday; "
            "no public holidays for 16 of 16 people, of whom nobody says where they are"
        ),
        "ok  local endpoints: 3 disabled",
        "ok  catalogs: told of retirements: none",
        f"ok  archive: {tmp_path}/archive can be written",
        "ok  bot token: emeritus in Example",
        f"ok  scopes: all {len(SCOPES)} granted",
        "ok  app token: a Socket Mode connection can be opened",
        f"ok  channel {GOVERNANCE}: the bot is a member",
    ]


def test_a_slack_that_tells_no_hours_is_told_with_those_that_count_then(examine: Examine) -> None:
    granted = set(SCOPES) - {"users:read", "dnd:read"}
    cure = "Give the app the scopes of emeritus manifest and install it again; until then they get no better hours"
    with a_slack(scopes=granted) as slack:
        assert [one for one in bad(examine(slack)) if one.startswith("BAD working hours")] == [
            "BAD working hours: users.info (missing_scope) does not tell people's clocks: without one, UTC counts. "
            + cure,
            (
                "BAD working hours: dnd.info (missing_scope) does not tell who wants not to be disturbed: "
                f"nobody is spared. {cure}"
            ),
        ]


def test_what_waits_for_a_morning_is_told_and_is_no_trouble(examine: Examine, tmp_path: Path) -> None:
    until = datetime(2027, 1, 5, 9, tzinfo=UTC)
    with closing(SqliteStore(tmp_path / "emeritus.db", RetirementMachine())) as store:
        dm = Effect(key="dm", kind=EffectKind.POST, lane="to/U1", place="U1")
        store.want("RET-1", (dm, replace(dm, key="next", lane="to/U1/later")), until)
        for claim in store.claim(ClaimKind.EFFECT, until, 2):
            store.settle(claim, NotDone(retry_at=until, why="at nine", is_kept=True), until)
    with a_slack() as slack:
        (hours,) = [str(one) for one in examine(slack) if one.what == "working hours"]
        (delivery,) = [str(one) for one in examine(slack) if one.what == "delivery"]
    assert hours.endswith("2 messages for 1 person wait for theirs, the first until 2027-01-05 09:00 UTC")
    assert delivery == "ok  delivery: nothing has stopped for good"


def test_a_missing_scope_is_told_with_what_it_is_for(examine: Examine) -> None:
    with a_slack(scopes=set(SCOPES) - {"im:write"}) as slack:
        found = examine(slack)

    assert bad(found) == [
        f"BAD scopes: missing im:write (open a direct message to edit one or look one up). {REINSTALL}"
    ]


def test_a_channel_without_the_bot_is_told(examine: Examine) -> None:
    with a_slack(members=(TOM,)) as slack:
        found = examine(slack)

    assert bad(found) == [
        f"BAD channel {GOVERNANCE}: the bot is not a member. Invite the bot there: /invite @Emeritus"
    ]


def test_a_channel_that_is_not_there_is_told(examine: Examine, tmp_path: Path) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text('[channels]\ngovernance = "C0NOWHERE"')
    with a_slack() as slack:
        found = examine(slack, EMERITUS_POLICY=str(policy))

    assert bad(found) == [f"BAD channel C0NOWHERE: Slack says channel_not_found. {INVITE}"]


def test_a_channel_that_an_audience_is_told_in_is_looked_for_as_well(
    examine: Examine, tmp_path: Path
) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text(
        f'[channels]\ngovernance = "{GOVERNANCE}"\n[audiences.support]\nchannels = ["C0NOWHERE"]'
    )
    with a_slack() as slack:
        found = examine(slack, EMERITUS_POLICY=str(policy))

    assert bad(found) == [
        (
            "BAD support channel C0NOWHERE: Slack says channel_not_found. Invite the bot there with /invite @Emeritus, "
            "or correct [audiences.support] channels in the policy"
        )
    ]


@pytest.mark.parametrize(
    ("method", "fault", "line"),
    [
        ("auth.test", "error:token_revoked", f"BAD bot token: Slack says token_revoked. {COPY}"),
        ("auth.test", "error:missing_scope", f"BAD bot token: Slack says missing_scope. {REINSTALL}"),
        (
            "auth.test",
            "error:strange",
            "BAD bot token: Slack says strange. Look strange up at docs.slack.dev/reference/methods",
        ),
        (
            "auth.test",
            "server_error",
            (
                "BAD bot token: Slack says internal_error. Slack has a fault of its own: see slack-status.com, "
                "and run emeritus doctor again"
            ),
        ),
        (
            "auth.test",
            "rate_limited",
            "BAD bot token: Slack says ratelimited. Wait 1 seconds and run emeritus doctor again",
        ),
        ("apps.connections.open", "error:invalid_auth", f"BAD app token: Slack says invalid_auth. {MAKE}"),
        ("apps.connections.open", "error:missing_scope", f"BAD app token: Slack says missing_scope. {MAKE}"),
        (
            "apps.connections.open",
            "accepted_then_reset",
            f"BAD app token: Slack does not answer at 127.0.0.1 (RemoteDisconnected). {REACH}",
        ),
        (
            "conversations.info",
            "error:missing_scope",
            f"BAD channel {GOVERNANCE}: Slack says missing_scope. {REINSTALL}",
        ),
        (
            "conversations.info",
            "error:token_expired",
            f"BAD channel {GOVERNANCE}: Slack says token_expired. {COPY}",
        ),
        (
            "conversations.info",
            "accepted_then_reset",
            f"BAD channel {GOVERNANCE}: Slack does not answer at 127.0.0.1 (RemoteDisconnected). {REACH}",
        ),
    ],
)
def test_the_cure_fits_what_the_call_failed_of(examine: Examine, method: str, fault: str, line: str) -> None:
    with a_slack() as slack:
        slack.fail_next(method, fault)
        found = examine(slack)

    assert bad(found) == [line]


def test_tokens_slack_does_not_know_are_told_and_not_repeated(examine: Examine) -> None:
    with a_slack() as slack:
        found = examine(slack, SLACK_BOT_TOKEN="xoxb-wrong", SLACK_APP_TOKEN="xapp-wrong")

    assert bad(found) == [
        f"BAD bot token: Slack says invalid_auth. {COPY}",
        f"BAD app token: Slack says invalid_auth. {MAKE}",
    ]


def test_a_slack_that_cannot_be_reached_is_no_fault_of_a_token_and_told_once(
    examine: Examine, caplog: pytest.LogCaptureFixture
) -> None:
    with a_slack() as other:
        found = examine(other, SLACK_API_URL="http://127.0.0.1:9/api/")

    assert bad(found) == [f"BAD bot token: Slack does not answer at 127.0.0.1 (Connection refused). {REACH}"]
    assert caplog.records == []


def test_an_address_that_is_none_of_slacks_is_told(examine: Examine) -> None:
    class Portal(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with a_slack() as slack:
            found = examine(slack, SLACK_API_URL=f"http://127.0.0.1:{server.server_port}/api/")
    finally:
        server.shutdown()
        server.server_close()

    told = "the answer is none of Slack's (404). Correct SLACK_API_URL, and run emeritus doctor again"
    assert bad(found) == [f"BAD bot token: {told}", f"BAD app token: {told}"]


def test_missing_tokens_keep_nothing_else_from_being_looked_at(examine: Examine) -> None:
    with a_slack() as slack:
        found = examine(slack, SLACK_BOT_TOKEN="")

    assert bad(found) == [
        "BAD settings: SLACK_BOT_TOKEN is missing. The bot token of the app, which begins with xoxb-"
    ]
    looked_at = [one.what for one in found]
    assert "role security" in looked_at
    assert "app token" in looked_at


def test_tokens_an_editor_spoilt_are_told_and_never_sent(examine: Examine) -> None:
    with a_slack() as slack:
        found = examine(slack, SLACK_BOT_TOKEN="xoxb-\u2026", SLACK_APP_TOKEN="xapp-\xe9")

    assert [line.partition(".")[0] for line in bad(found)] == [
        "BAD settings: SLACK_APP_TOKEN is malformed",
        "BAD settings: SLACK_BOT_TOKEN is malformed",
    ]


def test_for_http_the_signing_secret_is_looked_at_and_no_app_token(examine: Examine) -> None:
    with a_slack() as slack:
        well = examine(slack, http="3000", SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET="secret-secret")
        without = examine(slack, http="3000", SLACK_APP_TOKEN="")
        nowhere = examine(slack, http="", SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET="secret-secret")

    assert bad(well) == []
    assert bad(without) == [
        (
            "BAD settings: SLACK_SIGNING_SECRET is missing. "
            "The signing secret of the app (Basic Information, App Credentials)"
        )
    ]
    assert bad(nowhere) == ["BAD settings: --http is empty. [HOST:]PORT, e.g. 3000 or 0.0.0.0:3000"]
    assert {"app token"} & {one.what for one in (*well, *without, *nowhere)} == set()


def test_a_group_that_escalation_names_and_nobody_is_in_is_told(examine: Examine, tmp_path: Path):
    policy = tmp_path / "own.toml"
    policy.write_text('[[escalation.steps]]\nnotify = ["group:riks", "group:security", "lead"]')
    with a_slack() as slack:
        found = [str(one) for one in bad(examine(slack, EMERITUS_POLICY=str(policy)))]
    correct = "Correct the group in the policy, or the people in the catalog"
    (told,) = [one for one in found if "escalation" in one]
    assert told == (
        f'BAD escalation to group:riks: No team is called "riks"; nothing has a similar name. {correct}'
    )


def test_a_role_nobody_can_fill_is_told(examine: Examine, tmp_path: Path) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text('[roles.risk]\ngroups = ["riks"]\n[roles.many]\ngroups = ["security"]\napprovals = 3')
    with a_slack() as slack:
        found = bad(examine(slack, EMERITUS_POLICY=str(policy)))

    correct = "Correct the group in the policy, or the people in the catalog"
    assert found[:2] == [
        f'BAD role risk: 0 people for 1 approvals; No team is called "riks"; nothing has a similar name. {correct}',
        f"BAD role many: 2 people for 3 approvals. {correct}",
    ]


def test_who_is_named_in_a_role_and_no_member_of_the_workspace_is_told(
    examine: Examine, tmp_path: Path
) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text(f'[roles.risk]\npeople = ["{TOM}", "U024BE7LH"]')
    with a_slack() as slack:
        slack.ws.users["U024BE7LH"] = User(id="U024BE7LH", name="gus", is_restricted=True)
        found = [one for one in bad(examine(slack, EMERITUS_POLICY=str(policy))) if "people:" in one]
    mend = "Name a member of this workspace in [roles.risk] of the policy"
    assert found == [f"BAD people: U024BE7LH is a guest by Slack: nothing counts that they say. {mend}"]


def test_a_break_glass_for_which_there_are_no_two_people_is_told(examine: Examine, tmp_path: Path) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text('[break_glass]\ngroups = ["lawyers"]\npeople = ["U024BE7LH"]')
    with a_slack() as slack:
        found = bad(examine(slack, EMERITUS_POLICY=str(policy)))

    correct = "Correct the group in the policy, or the people in the catalog, or name nobody"
    few = 'No team is called "lawyers"; nothing has a similar name'
    assert found[:1] == [f"BAD break-glass: 1 people, and it takes two; {few}. {correct}"]


def test_a_policy_nobody_looked_through_in_its_time_is_told_and_works_on(
    examine: Examine, tmp_path: Path
) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text('name = "own"\n[review]\nby = "2027-05-01"')
    with a_slack() as slack:
        every = examine(slack, now=datetime(2027, 5, 4, tzinfo=UTC), EMERITUS_POLICY=str(policy))
        in_time = examine(slack, now=datetime(2027, 5, 1, tzinfo=UTC), EMERITUS_POLICY=str(policy))

    late = "overdue: own was to be looked through by 2027-05-01, 3 days ago"
    late += "; set [review] by to the day of its next review"
    assert [str(one) for one in every if one.what == "policy review"] == [f"ok  policy review: {late}"]
    assert [one for one in in_time if one.what == "policy review"] == []


def test_an_attestation_nobody_can_give_is_told(examine: Examine, tmp_path: Path) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text('[attestations.legal]\ntext = "It may go."\ngroups = ["lawyers"]')
    with a_slack() as slack:
        found = bad(examine(slack, EMERITUS_POLICY=str(policy)))

    correct = "Correct the group in the policy, or the people in the catalog"
    assert found[:1] == [
        f'BAD attestation legal: No team is called "lawyers"; nothing has a similar name. {correct}'
    ]


@pytest.mark.parametrize(
    ("name", "place", "line"),
    [
        (
            "EMERITUS_ARCHIVE",
            "/proc/archive",
            (
                "BAD archive: EMERITUS_ARCHIVE = /proc/archive. /proc cannot be written (why); "
                "give Emeritus the right to, or another directory"
            ),
        ),
        (
            "EMERITUS_STORE",
            "/proc/emeritus.db",
            (
                "BAD store: EMERITUS_STORE = /proc/emeritus.db. Its directory cannot be written (why); "
                "give Emeritus the right to, or another path"
            ),
        ),
    ],
)
def test_a_place_that_cannot_be_written_is_told_and_how_to_mend_it(
    examine: Examine, name: str, place: str, line: str
) -> None:
    with a_slack() as slack:
        found = examine(slack, **{name: place})

    (told,) = bad(found)
    # Why nobody can write to /proc differs by who tries.
    assert re.sub(r"written \([A-Z][a-z ]+\)", "written (why)", told) == line


def test_a_store_that_is_yet_to_be_made_is_no_fault_but_an_empty_catalog_is(
    examine: Examine, tmp_path: Path
) -> None:
    new = tmp_path / "new.db"
    with a_slack() as slack:
        found = examine(slack, EMERITUS_STORE=str(new))
        (schedule := tmp_path / "imports.toml").write_text(SCHEDULE)
        (scheduled,) = imports_in(examine(slack, EMERITUS_STORE=str(new), EMERITUS_IMPORTS=str(schedule)))

    assert "edges.csv: no such file or directory" in scheduled
    assert f"ok  store: {new} does not exist yet and will be made" in [str(one) for one in found]
    assert bad(found) == ["BAD catalog: nothing was imported. Run emeritus import backstage PATH"]


def test_a_store_that_is_not_one_is_told(examine: Examine, tmp_path: Path) -> None:
    (tmp_path / "other.db").write_text("not a database at all, whatever its name says" * 30)
    with a_slack() as slack:
        found = examine(slack, EMERITUS_STORE=str(tmp_path / "other.db"))

    assert [line.partition(":")[0] for line in bad(found)] == ["BAD store"]
    assert "other.db" in bad(found)[0]


def test_local_endpoints_that_do_not_serve_are_told_but_for_those_switched_off(
    examine: Examine, tmp_path: Path
) -> None:
    shutil.rmtree(local_folders(tmp_path / "endpoints").of("churn-v1-prod"))
    a_folder(tmp_path, "churn-v2-prod", Status.SERVING)
    with a_slack() as slack:
        found = examine(slack)

    assert bad(found) == [
        "BAD endpoint churn-v1-prod: it was never started here. Run emeritus endpoint start churn-v1-prod",
        (
            "BAD endpoint churn-v2-prod: Endpoint churn-v2-prod should serve, and its process is gone. "
            "Bring it back: emeritus endpoint start churn-v2-prod"
        ),
    ]
    assert "ok  local endpoints: 1 absent, 1 disabled, 1 unknown" in [str(one) for one in found]


def test_a_policy_that_is_wrong_is_told_whole_and_keeps_nothing_else_from_being_looked_at(
    examine: Examine, tmp_path: Path
) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text("[rounds]\nreview_days = -1\n[steps]\nhour = 24")
    with a_slack() as slack:
        found = examine(slack, EMERITUS_POLICY=str(policy))

    assert bad(found) == [
        "BAD policy: own.toml [rounds] review_days = -1. A whole number of days from 0 to 365",
        "BAD policy: own.toml [steps] hour = 24. A whole number of hours from 0 to 23",
    ]
    assert [one.what for one in found if one.ok][:4] == ["settings", "store", "log", "delivery"]


def test_what_stopped_for_good_is_told_until_somebody_has_looked(examine: Examine, tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "emeritus.db", RetirementMachine())) as store:
        store.receive("press 1", "no command at all", {"stream": "RET-1"}, NOW)
        (claim,) = store.claim(ClaimKind.INBOX, NOW, 1)
        store.settle(claim, Dead(why="unknown command"), NOW)
    with a_slack() as slack:
        (line,) = bad(examine(slack))

    assert line.startswith("BAD delivery: 1 stopped for good: press 1 (unknown command). Mend what it names")


def test_what_is_held_up_is_told_apart_from_what_will_never_be_sent(examine: Examine, tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "emeritus.db", RetirementMachine())) as store:
        effects = [Effect(key=f"RET-1/{name}", kind=EffectKind.POST) for name in ("card", "dm")]
        store.write(lambda conn: put_effects(conn, "RET-1", effects, NOW))
        card, dm = store.claim(ClaimKind.EFFECT, NOW, 2)
        store.settle(card, NotDone(retry_at=NOW, why="not_in_channel: invite", held_up=HeldUp.PLACE), NOW)
        with a_slack() as slack:
            (held_up,) = bad(examine(slack))
        store.settle(dm, Dead(why="user_disabled: gone"), NOW)
        with a_slack() as slack:
            (both,) = bad(examine(slack))

    assert held_up == "BAD delivery: 1 held up: RET-1/card (not_in_channel: invite). Mend what it names"
    assert both == (
        "BAD delivery: 1 stopped for good: RET-1/dm (user_disabled: gone); "
        "1 held up: RET-1/card (not_in_channel: invite). Mend what it names, then run emeritus stopped retry KEY; "
        "or tell the people yourselves, then dismiss it"
    )


SCHEDULE = '[edges]\nformat = "csv"\nsources = ["edges.csv"]\nevery_hours = 24\n'


def imports_in(found: list[Finding]) -> list[str]:
    return [str(one) for one in found if one.what.startswith("import ")]


def test_a_schedule_that_no_bot_reads_yet_is_told_and_one_that_fails_with_its_reason(
    tmp_path: Path, examine: Examine
) -> None:
    schedule = tmp_path / "imports.toml"
    schedule.write_text(SCHEDULE)
    environ = {"EMERITUS_IMPORTS": str(schedule)}
    with a_slack() as slack:
        (tmp_path / "edges.csv").write_text("from,to\nsunday-mailer,churn-v1\n")
        unread = "BAD import edges: csv every 24 hours: no bot reads it yet; "
        would = "its next run keeps 1 document and 1 edge. "
        fix = "Start emeritus serve again with this EMERITUS_IMPORTS"
        assert imports_in(examine(slack, **environ)) == [unread + would + fix]
        (tmp_path / "edges.csv").unlink()
        with Desk(tmp_path) as desk:
            desk.bot.engine.schedule(read_imports(schedule).scheduled)
            desk.bot.dispatcher.until_idle()
        (failing,) = imports_in(examine(slack, **environ))
        assert failing.startswith(
            "BAD import edges: csv every 24 hours: failing since 2026-03-02 08:00 UTC: "
        )
        assert "edges.csv: no such file or directory" in failing
        (tmp_path / "edges.csv").write_text("from,to\nsunday-mailer,churn-v1\n")
        (mended,) = imports_in(examine(slack, **environ))
        assert mended.endswith(
            ". By now its next run keeps 1 document and 1 edge. If that is right, its next run mends it"
        )
        with Desk(tmp_path, now=NOW + timedelta(days=2)) as desk:
            desk.bot.dispatcher.until_idle()
        assert imports_in(examine(slack, **environ)) == [
            "ok  import edges: csv every 24 hours; its next run keeps 1 document and 1 edge"
        ]


def test_a_schedule_that_cannot_be_read_is_told_among_the_settings(tmp_path: Path, examine: Examine) -> None:
    schedule = tmp_path / "imports.toml"
    schedule.write_text(SCHEDULE.replace("csv", "xls", 1))
    with a_slack() as slack:
        found = examine(slack, EMERITUS_IMPORTS=str(schedule))
    (wrong,) = [str(one) for one in found if not one.ok]
    assert wrong.startswith('BAD settings: imports.toml [edges] format = "xls". One of backstage, ')


IMPORT_CHANNEL = "C01GROWTHML"


def with_import_channel(tmp_path: Path) -> dict[str, str]:
    imports = tmp_path / "imports.toml"
    imports.write_text(f'channel = "{IMPORT_CHANNEL}"')
    return {"EMERITUS_IMPORTS": str(imports)}


def test_an_import_channel_takes_a_scope_and_the_bot_in_it(tmp_path: Path, examine: Examine) -> None:
    environ = with_import_channel(tmp_path)
    with a_slack() as slack:
        assert bad(examine(slack, **environ)) == [
            f"BAD scopes: missing files:read (hear of files shared in the import channel, and read them). {REINSTALL}",
            (
                f"BAD import channel {IMPORT_CHANNEL}: Slack says channel_not_found. Invite the bot there with "
                "/invite @Emeritus, or correct channel in the file EMERITUS_IMPORTS names"
            ),
        ]
    with a_slack(scopes=set(scopes(takes_files=True))) as slack:
        room = Channel(id=IMPORT_CHANNEL, name="growth-ml", members=[TOM])
        slack.ws.channels[IMPORT_CHANNEL] = room
        assert bad(examine(slack, **environ)) == [
            f"BAD import channel {IMPORT_CHANNEL}: the bot is not a member. Invite the bot there: /invite @Emeritus"
        ]
        room.members.append("UBOT")
        found = [str(one) for one in examine(slack, **environ)]
    assert f"ok  scopes: all {len(SCOPES) + 1} granted" in found
    assert f"ok  import channel {IMPORT_CHANNEL}: the bot is a member" in found


def test_the_channel_of_restricted_models_has_to_be_private(tmp_path: Path, examine: Examine) -> None:
    (policy := tmp_path / "few.toml").write_text(f'{POLICY}\nrestricted = "GFEW"')
    room = Channel(id="GFEW", name="few", members=[TOM, "UBOT"])
    with a_slack() as slack:
        slack.ws.channels["GFEW"] = room
        assert bad(examine(slack, EMERITUS_POLICY=str(policy))) == [
            (
                "BAD restricted channel GFEW: everybody may read it. Make it private, or name another channel as "
                "[channels] restricted in the policy"
            )
        ]
        room.is_private = True
        found = [str(one) for one in examine(slack, EMERITUS_POLICY=str(policy))]
    assert "ok  restricted channel GFEW: the bot is a member" in found


RISK = "slack:S0614TZR7"
CORRECT_RISK = "Correct the user group in the policy, or its members in Slack"
USER_GROUPS = {
    "gone": (
        "no_such_subteam",
        "Slack has no such user group",
        "Correct its id in the policy: Slack shows it in the menu of the user group",
    ),
    "empty": ("", "nobody is in this user group, or it is disabled", CORRECT_RISK),
    "a Slack without any": (
        "unknown_method",
        "this Slack has no user groups",
        "Name teams of the catalog or people in the policy instead",
    ),
    "no scope": ("missing_scope", "the app lacks the scope usergroups:read", REINSTALL),
}


@pytest.fixture
def by_group(tmp_path: Path) -> dict[str, str]:
    (policy := tmp_path / "groups.toml").write_text(f'{POLICY}\n[roles.risk]\ngroups = ["{RISK}"]')
    return {"EMERITUS_POLICY": str(policy)}


@pytest.mark.parametrize(("fails_with", "why", "cure"), USER_GROUPS.values(), ids=USER_GROUPS)
def test_a_user_group_nobody_is_in_is_told_with_why_and_what_to_do(
    examine: Examine, by_group: dict[str, str], fails_with: str, why: str, cure: str
) -> None:
    with a_slack(scopes=set(scopes(takes_files=False, reads_user_groups=True))) as slack:
        slack.ws.usergroups["S0614TZR7"] = []
        if fails_with:
            slack.fail_next("usergroups.users.list", f"error:{fails_with}")
        assert bad(examine(slack, **by_group)) == [
            f"BAD user group {RISK}: {why}. {cure}",
            f"BAD role risk: 0 people for 1 approvals; {RISK}: {why}. {CORRECT_RISK}",
        ]


def test_members_of_a_user_group_are_counted_and_a_silent_slack_is_no_empty_one(
    examine: Examine, by_group: dict[str, str]
) -> None:
    with a_slack(scopes=set(scopes(takes_files=False, reads_user_groups=True))) as slack:
        slack.ws.usergroups["S0614TZR7"] = ["U1", "U2"]
        found = [str(one) for one in examine(slack, **by_group)]
        slack.fail_next("usergroups.users.list", "error:internal_error")
        silent = bad(examine(slack, **by_group))
    assert f"ok  user group {RISK}: 2 members" in found
    assert "ok  role risk: 2 people for 1 approvals" in found
    assert f"ok  scopes: all {len(SCOPES) + 1} granted" in found
    unknown = (
        f"BAD role risk: 0 people for 1 approvals; {RISK}: Slack does not tell who is in it. {CORRECT_RISK}"
    )
    asked = "Slack does not tell who is in a user group: internal_error. Run emeritus doctor again"
    assert silent == [f"BAD user group {RISK}: {asked}", unknown]


def test_user_groups_take_a_scope(examine: Examine, by_group: dict[str, str]) -> None:
    with a_slack() as slack:
        missing = "missing usergroups:read (who is in the user groups that the policy names)"
        assert f"BAD scopes: {missing}. {REINSTALL}" in bad(examine(slack, **by_group))


def test_who_signs_the_log_is_told_and_a_key_of_another_log_is_bad(
    examine: Examine, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    keys = tmp_path_factory.mktemp("keys")
    ours, other = make(keys / "ours", "example.com/record"), make(keys / "other", "example.com/other")
    with closing(SqliteStore(tmp_path / "emeritus.db", RetirementMachine())) as store:
        sign_with(store, ours, NOW)
        store.seal(NOW, signer_of(keys / "ours"))
    with a_slack() as slack:
        signed = examine(slack, EMERITUS_SIGNING_KEY=str(keys / "ours"))
        wrong = examine(slack, EMERITUS_SIGNING_KEY=str(keys / "other"))
        (keys / "other").chmod(0o644)
        shared = examine(slack, EMERITUS_SIGNING_KEY=str(keys / "other"))

    assert (
        f"ok  log: 2 of 2 entries are sealed, under 1 checkpoint; example.com/record+{ours.id.hex()} signs"
        in [str(one) for one in signed]
    )
    assert bad(wrong) == [
        (
            f"BAD log: EMERITUS_SIGNING_KEY is of a log called {other.name}, and this one is called {ours.name}. "
            f"Make another with emeritus key new FILE --name {ours.name}"
        )
    ]
    assert bad(shared) == [
        (
            f"BAD settings: EMERITUS_SIGNING_KEY = {keys}/other. "
            "Others may read it (mode 0644); run chmod 600 on it"
        )
    ]
