"""`/retire ...`: reading is answered at once and alone; everything else is kept, then decided."""

from __future__ import annotations

from functools import partial
from typing import Any

from slack_bolt import Ack, App

from bot import audits, payloads
from bot.house import House, Payload
from bot.ids import SLASH_COMMAND
from bot.inbox import capture
from bot.listeners.granting import files
from bot.listeners.proposals import open_form
from bot.reading import playbooks, statistics, this_week
from bot.searching import searched
from bot.slack.permalinks import log_addresses
from bot.typed.command_parts import Part
from bot.typed.helped import helped
from bot.typed.lookup import misnamed, model, models_with, named, retirements
from bot.typed.meant import command
from bot.typed.own_words import NOT_YET, decided
from bot.typed.playbooks import proposed
from bot.typed.table import COMMANDS
from bot.typed.usage import Typed, understood
from bot.views.asked import answers, helping, standing
from bot.views.catalog import catalogs, who
from bot.views.consumers import checks
from bot.views.consumers import delegations as delegated
from bot.views.hindsight import lessons
from bot.views.keeping import costs as keeping_costs
from bot.views.keeping import retention
from bot.views.proposing import candidates
from bot.views.telling import digest
from bot.views.voting import attestations
from data.catalog.hosting import hosted_parts
from data.catalog.snapshot import Snapshot
from data.records.catalog import Entity
from data.records.plan import Plan
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows import card
from workflows.commands import (
    Command,
    Delegate,
    EndDelegation,
    RevokeRead,
    Subscribe,
)
from workflows.considering import ranking
from workflows.decisions import delegations, digests
from workflows.membership import attesters, holders
from workflows.observing import stands_as
from workflows.reviews import learned
from workflows.rules.choosing import support
from workflows.rules.consumers.obligations import people_of
from workflows.rules.hours import day_of
from workflows.rules.lifecycle import is_living
from workflows.rules.plans.meeting import meetings
from workflows.sight import Sight


def register(app: App, house: House) -> None:
    @app.command(SLASH_COMMAND)
    def typed(ack: Ack, body: dict[str, Any]) -> None:
        sight = house.sight(payloads.user_id(body))

        def wrong(name: str, word: str) -> str:
            return misnamed(sight, sight.there, name, word=word)

        request = understood(payloads.typed(body), misnamed=wrong)
        if request.word == "propose":
            model_name, like = proposed(sight, request)
            open_form(house, ack, body, model_name=model_name, like=like)
        elif request.word == "files":
            ack()
            decided(house, payloads.user_id(body))
            state = archive_meant(house, sight, request)
            house.answer(
                payloads.reply_to(body), files(house, body, state, payloads.number(request[Part.PAGE]))
            )
        elif reads(request):
            # What fails from here on is told the same way as the answer, and nobody looks at a clock meanwhile.
            ack()
            is_up_to_date = decided(house, payloads.user_id(body))
            shown = answer(house, request, payloads.user_id(body))
            if not is_up_to_date:
                house.answer(payloads.reply_to(body), answers.said(NOT_YET))
            house.answer(payloads.reply_to(body), shown)
        else:
            asked = command(request, payloads.user_id(body), here=payloads.reply_to(body).get("channel", ""))
            capture(house, ack, body, stream=stream_for(house, sight, request, asked), command=asked)


def reads(request: Typed) -> bool:
    """Is there nothing to keep and decide?"""
    is_asked = request.word == "delegate" and not request[Part.DELEGATION]
    return is_asked or COMMANDS[request.word].keeps == "no"


def stream_for(house: House, sight: Sight, request: Typed, asked: Command) -> str:
    """Whose stream a command goes to."""
    match asked:
        case Subscribe(place=place):
            return digests.stream_of(place)
        case Delegate(by=person) | EndDelegation(person=person):
            return delegations.stream_of(person)
        case RevokeRead(to=sight.person):
            # Who was let read an archive may give that back, whatever else they may know.
            return archive_meant(house, sight, request).id
        case _:
            return meant(sight, request).id


def meant(sight: Sight, request: Typed) -> Retirement:
    """The retirement a command is about."""
    return named(sight, sight.there, request[Part.RETIREMENT], word=request.word)


def archive_meant(house: House, sight: Sight, request: Typed) -> Retirement:
    """The retirement whose archive is asked for; by its id also where they may know nothing else of it."""
    retirement_id = payloads.meant_id(request[Part.RETIREMENT])
    return house.giving.readable(retirement_id, sight.person) or meant(sight, request)


def answer(house: House, request: Typed, by: str) -> Payload:  # noqa: PLR0912 - one case per command
    """What a reading command shows: no more than they may know of who asked."""
    sight, now = house.sight(by), house.now()
    match request.word:
        case "list":
            is_all = bool(request[Part.ALL])
            every = retirements(sight, ended=is_all)
            shown = answers.listing(every, page=payloads.number(request[Part.PAGE]), is_all=is_all)
        case "show":
            shown = show(house, meant(sight, request), sight)
        case "plan":
            found = meant(sight, request)
            checks = checked(house, sight.whole, found)
            costs = keeping_costs.lines(house.costs(found))
            shown = answers.plan(found, house.ahead(found), checks, house.delegations(), costs)
        case "audit":
            shown = audits.told(house, meant(sight, request))
        case "impact" | "who":
            shown = about_model(house, sight, request.word, request[Part.MAYBE_MODEL])
        case "candidates":
            shown = worth_retiring(house, sight)
        case "digest":
            week = this_week(house.store, sight.retirements(), now, policy=house.policy, review=house.review)
            shown = digest.message(week)
        case "stats":
            name = request[Part.MAYBE_RETIREMENT]
            one = named(sight, sight.there, name, word="stats") if name else None
            shown = statistics(house.store, sight.retirements(), one, now)
        case "search":
            shown = searched(house, sight, request[Part.WORDS])
        case "lessons":
            words = request[Part.MAYBE_WORDS]
            shown = lessons.found(learned(house.store, sight.retirements(), words), words)
        case "playbooks":
            shown = playbooks(house.store, sight.retirements(), request[Part.MAYBE_WORDS], now)
        case "retention":
            found = meant(sight, request)
            shown = retention.terms(found, now, keeping_costs.lines(house.costs(found)))
        case "delegate":
            shown = delegated.standing(by, house.delegations())
        case _:
            shown = helping.help_text(helped())
    return shown


def about_model(house: House, sight: Sight, word: str, name: str) -> Payload:
    """What a command says of one model; the models there are where the name is part of several, or none is given."""
    some = models_with(sight.there, name)
    if some or not name:
        return answers.models(some, part=name, word=word)
    found = model(sight, sight.there, name, word=word)
    return impact(house, sight, found) if word == "impact" else responsible(house, sight, found)


def show(house: House, state: Retirement, sight: Sight) -> Payload:
    """How it stands, with everybody a refusal may send people to."""
    subject, there = state.plan.subject if state.plan else None, sight.whole
    owners = there.owners_now([subject.model_id] if subject else [])
    endpoint_owners = there.owners_now(endpoint.id for endpoint in (subject.endpoints if subject else ()))
    stands = partial(stands_as, there)
    waiting = people_of(duty for duty in state.obligations if not duty.is_settled)
    release = holders(there, house.policy, owners) if state.holds else ()
    named = (state.coordinator_id, *owners, *endpoint_owners, *waiting, *release)
    instead = house.delegations()
    return standing.show(
        state,
        owners=owners,
        endpoint_owners=endpoint_owners,
        holders=release,
        delegated=delegated.lines(named, instead),
        troubles=[found for found in house.store.troubles() if found.stream == state.id],
        asleep=house.asleep(state),
        card_waits=card.waits(state, house.store.waiting),
        support=ends(house, there, subject.model_id, state.plan if is_living(state) else None)
        if subject
        else (),
        catalogs=catalogs.standing(house.listings.standings(state)),
        meetings=meetings(state, retirements(sight, ended=False), stands),
        attested=attested(house, there, state, owners),
        checks=checked(house, there, state),
        now=house.now(),
    )


def checked(house: House, there: Snapshot, state: Retirement) -> list[str]:
    """Where the checks of its consumers stand, a line each, with the way to what they said."""
    if (
        state.plan is None
        or state.policy is None
        or not state.policy.checks_valid_hours
        or not is_living(state)
    ):
        return []
    asked = [duty.consumer.consumer_id for duty in state.obligations]
    declared = house.checks.declared(there, asked or state.plan.consumer_ids)
    logs = ((key, house.store.found(key)) for key in checks.log_keys(state))
    places = {key: f"{place['channel']} {place['ts']}" for key, place in logs if place and "ts" in place}
    return checks.lines(state, declared, log_addresses(house.client, places), house.now())


def attested(house: House, there: Snapshot, state: Retirement, owners: tuple[str, ...]) -> list[str]:
    """Where each attestation stands that the retirement needs."""
    if state.policy is None or not is_living(state):
        return []
    people = attesters(there, state.policy, owners)
    return attestations.lines(state, people, house.now())


def impact(house: House, sight: Sight, found: Entity) -> Payload:
    """Who depends on a model now, and in which threads all of them stand."""
    there = sight.there
    consumers = there.impact(found.id).consumers
    told_in = [
        one.id
        for one in retirements(sight, ended=False)
        if one.plan is not None and one.plan.subject.model_id in there.ids_of(found.id)
    ]
    return answers.impact(
        found,
        consumers,
        doubts(there.owned(found)),
        told_in=told_in,
        support=ends(house, sight.whole, found.id),
        there=there,
    )


def responsible(house: House, sight: Sight, found: Entity) -> Payload:
    """Who answers for a model now."""
    seen = sight.there
    responsible = seen.responsible(found.id)
    people = [one for part in responsible for one in part.owners.slack_ids]
    instead = delegated.lines(people, house.delegations())
    return who.answer(
        responsible, seen.impact(found.id).consumers, ends(house, sight.whole, found.id), instead
    )


def worth_retiring(house: House, sight: Sight) -> Payload:
    """Which models the policy's criteria speak for retiring."""
    seen, every = sight.there, sight.retirements()
    now = house.now()
    today = day_of(now, house.policy)
    return candidates.answer(ranking(seen, every, house.meters, house.criteria, now, today=today), seen)


def ends(house: House, there: Snapshot, model_id: str, plan: Plan | None = None) -> tuple[str, ...]:
    """Until when providers serve a model, and what that means for a plan that is still to run."""
    hosted = hosted_parts(there, model_id)
    last_day = day_of(plan.step(StepKind.DISABLE).due_at, house.policy) if plan else None
    late = support.too_late(hosted, last_day) if last_day else ()
    return (*late, *support.told(hosted, day_of(house.now(), house.policy)))


def doubts(found: Entity) -> list[str]:
    """What the catalog leaves open about a model."""
    notes = [found.owner_note] if found.owner_note else []
    return notes if found.tier else [*notes, "No tier in the catalog; the strictest notice applies"]
