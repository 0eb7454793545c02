"""The composition root: the only builder of adapters."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from slack_sdk import WebClient

from bot import screens
from bot.alarm import Alarm
from bot.app import slack_app
from bot.edges import Edges, edges_of
from bot.formats import ScheduledSources
from bot.hearing import Hearing
from bot.homes import LOOK_SECONDS, Homes
from bot.house import House
from bot.imports_file import NOTHING, Wanted
from bot.keeping import open_store
from bot.local_endpoints import open_endpoints, switched_off
from bot.replicas.places import take_places
from bot.running import Bot
from bot.sealing import Sealing
from bot.settings import Settings
from bot.shared.files import DroppedFiles
from bot.signing_key import signer_of
from bot.slack.files import SlackFiles
from bot.slack.messenger import GRACE_SECONDS, Pace, SlackMessenger, web_client
from bot.slack.questions import SlackQuestions
from bot.slack.rates import Rates
from bot.slack.readers import SlackReaders
from bot.slack.shared_rates import SharedRates
from bot.slack.uploads import FileView
from bot.slack.zones import SlackZones
from bot.timekeeper import SlackTimekeeper
from bot.user_groups import followed
from bot.views.asked import answers
from bot.views.telling import digest
from bot.views.uploads import FILES
from bot.world import CalendarWorld
from data.catalog.catalog import Catalog
from data.log.checkpoints import Signs
from data.metrics import UNCOUNTED, Metrics
from data.policies import policy as policies
from data.postgres.lanes import PostgresLanes
from data.records.decision import Outcome, Receipt
from data.records.hours import Windows
from data.records.policy import NO_REVIEW, Criteria, Policy, Review
from data.records.retention import Prices
from data.sql.record import SqlStore
from workflows.asking import Asking, any_hours, at_once
from workflows.brownable import Brownable
from workflows.delegates import in_force_now
from workflows.dispatcher import WORKERS, Dispatcher
from workflows.effects.workshop import Workshop
from workflows.engine import Engine, all_retirements
from workflows.gathering import Gatherer
from workflows.giving import Giving
from workflows.outlook import Outlook
from workflows.rules.people.delegating import NOBODY
from workflows.sizing import Estimates


def build(
    settings: Settings, *, say: Callable[[str], None] = lambda _: None, metrics: Metrics = UNCOUNTED
) -> Bot:
    """The bot as `emeritus serve` runs it, and the model servers that should serve: a reboot ended them, too.

    Raises `Refused` for a replica that would keep things by itself.
    """
    store, endpoints = open_store(settings, metrics=metrics), open_endpoints(settings)
    if store.is_shared:
        try:
            take_places(store, settings)
        except BaseException:
            store.close()
            raise
    for ref, what in endpoints.resume(off=switched_off(all_retirements(store))):
        say(f"Endpoint {ref}: {what}")
    rules = settings.in_force()
    return assemble(
        store=store,
        policy=rules.policy,
        criteria=rules.criteria,
        windows=rules.windows,
        review=rules.review,
        prices=rules.prices,
        edges=edges_of(settings, endpoints),
        client=web_client(settings.bot_token, settings.slack_api_url, metrics),
        signing_secret=settings.signing_secret,
        world=CalendarWorld(),
        metrics=metrics,
        imports=settings.imports,
        signer=signer_of(settings.signing_key),
    )


def assemble(
    *,
    store: SqlStore,
    policy: Policy,
    edges: Edges,
    client: WebClient,
    signing_secret: str,
    world: CalendarWorld,
    wall: Callable[[], float] = time.time,
    grace_seconds: float = GRACE_SECONDS,
    rates: Pace | None = None,
    metrics: Metrics = UNCOUNTED,
    imports: Wanted = NOTHING,
    criteria: Criteria | None = None,
    windows: Windows | None = None,
    review: Review = NO_REVIEW,
    prices: Prices | None = None,
    look_seconds: float = LOOK_SECONDS,
    files: Mapping[str, FileView] = FILES,
    signer: Signs | None = None,
) -> Bot:
    """Put the parts together; demo and tests hand in their own.

    wall           seconds since 1970 as Slack's servers count them: rate limits and look-ups in history go by it
    grace_seconds  how late a message that Slack took may still show up in history
    files          what draws pictures and lists
    imports        catalogs to read on a schedule, and no others; and the channel whose files are imported
    criteria       what speaks for retiring a model, where it is not what is shipped
    review         when the policy itself is to be looked through again; never without
    prices         what keeping archives costs, where it is not what is shipped
    windows        when people are written to; at any hour without
    look_seconds   how often to look whose Home is out of date
    rates          how fast Slack may be called, where it is not the real one
    signer         who signs heads of the log; without, they are kept unsigned
    """
    if rates is None:
        rates = SharedRates(PostgresLanes(store)) if store.is_shared else Rates(wall)
    questions = SlackQuestions(rates, pace=world.speed)
    zones = SlackZones(client, questions)
    readers = SlackReaders(client, zones, policy.governance_channel)
    bell = threading.Event()
    groups = followed(store, readers, policy=policy, review=review, world=world, wall=wall, wake=bell.set)
    catalog = Catalog(store, groups.lately)
    timekeeper = (
        SlackTimekeeper(client, questions, zones, catalog, windows)
        if windows is not None and not windows.is_always
        else None
    )
    delegations = partial(in_force_now, store, catalog)
    asking = Asking(store=store, timekeeper=timekeeper, delegations=delegations) if timekeeper else None
    hours = windows or policies.read_windows()
    gatherer = Gatherer(
        catalog=catalog,
        policy=policy,
        archive=edges.archive,
        controls=edges.controls,
        meters=edges.meters,
        retirements=lambda: all_retirements(store),
        waiting=store.waiting,
        unheard=store.unheard,
        busy_until=asking.busy_until if asking else at_once,
        hours=asking.hours if asking else any_hours,
        snooze_days=hours.snooze_days,
        readers=readers,
        delegations=delegations,
        delegate_days_max=hours.delegate_days_max,
        review=review,
        checks=edges.checks,
        second_factor=edges.second_factor,
        user_groups=groups,
        brownable=Brownable(planes=edges.planes, windows=hours),
        happened=lambda retirement_id: (entry.event for entry in store.events(retirement_id)),
    )
    engine = Engine(store=store, gatherer=gatherer, world=world)
    outlook = Outlook(store=store, gatherer=gatherer, timekeeper=timekeeper)
    messenger = SlackMessenger(
        client, rates, wall=wall, pace=world.speed, grace_seconds=grace_seconds, metrics=metrics, files=files
    )
    shared = SlackFiles(client, rates, pace=world.speed, metrics=metrics)
    ending = threading.Event()
    shop = Workshop(
        engine=engine,
        world=world,
        messenger=messenger,
        archive=edges.archive,
        controls=edges.controls,
        importer=ScheduledSources(catalog, imports.exclude),
        ending=ending,
        writers=edges.writers,
        grace_seconds=grace_seconds,
        readers=readers,
        tells=digest.tells,
        files=DroppedFiles(imports.channel, shared, catalog, store) if imports.channel else None,
        timekeeper=timekeeper,
        outlook=outlook,
        wording=edges.wording,
        metrics=metrics,
        canary=edges.canary,
        second=edges.second,
        sign=edges.sign,
        anchors=edges.anchors,
        stamper=edges.stamper,
    )

    def answer(reply_to: Mapping[str, str], payload: dict[str, Any]) -> None:
        url, channel, user = (reply_to.get(one, "") for one in ("response_url", "channel", "user"))
        messenger.answer(payload, response_url=url, channel=channel, user=user)

    homes = Homes(store, catalog, world, bell.set, look_seconds=look_seconds)

    def tell(reply_to: Mapping[str, str], receipt: Receipt) -> None:
        there = delegations(world.now()) if reply_to.get("view") else NOBODY
        screens.redrawn(client, reply_to, engine.retirement(receipt.stream), there)
        say = answers.refusal if receipt.outcome is Outcome.REFUSED else answers.said
        answer(reply_to, say(receipt.reply))
        homes.acted(reply_to)

    alarm = Alarm(bell.set, world.wall_seconds_until)
    dispatcher = Dispatcher(
        shop,
        tell=tell,
        arm=alarm.arm,
        bell=bell,
        pool=ThreadPoolExecutor(WORKERS, thread_name_prefix="effect"),
        teller=ThreadPoolExecutor(1, thread_name_prefix="answer"),
        metrics=metrics,
    )
    house = House(
        store=store,
        catalog=catalog,
        policy=policy,
        criteria=criteria or policies.read_criteria(),
        client=client,
        homes=homes,
        now=world.now,
        answer=answer,
        wake=bell.set,
        check_opening=engine.check_opening,
        check_reporting=engine.check_reporting,
        check=engine.check,
        giving=Giving(engine=engine, archive=edges.archive, links=edges.links, at=edges.archives_at),
        delegations=lambda: delegations(world.now()),
        import_channel=imports.channel,
        ahead=lambda state: outlook.ahead(state, world.now()),
        asleep=lambda state: outlook.asleep(state, world.now()),
        costs=Estimates(edges.sources, prices or policies.read_prices(), in_bucket=edges.in_bucket).of,
        meters=edges.meters,
        writers=edges.writers,
        metrics=metrics,
        has_wording=edges.wording is not None,
        checks=edges.checks,
        review=review,
    )
    app = slack_app(house, signing_secret=signing_secret)
    return Bot(
        app=app,
        house=house,
        engine=engine,
        dispatcher=dispatcher,
        alarm=alarm,
        store=store,
        sealing=Sealing(store, world, signer),
        hearing=Hearing(store.wait_hint, bell.set) if store.is_shared else None,
        world=world,
        scheduled=imports.scheduled,
        fixity=edges.fixity,
        anchoring=edges.anchoring,
    )
