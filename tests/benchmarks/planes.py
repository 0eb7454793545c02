"""Do calls go where a plane was told to lead them, does anybody notice, and what does it cost? Counted at the models.

The planes are those of the contract suite (tests/contract/planes.py); each brings what it needs as its own process.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from statistics import median
from urllib.parse import urlsplit

from data.records.traffic import Ability, Desired
from tests.benchmarks.harness import (
    Figure,
    Run,
    Side,
    figure,
    in_rounds,
    percentile,
    rate,
    ratios,
    unmeasured,
)
from tests.contract.planes import PLANES, Model, Site, load, two_models
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.rules.migrating.proof import Standing, interval, standing

SHARES = (1, 5, 25, 50, 100)
MOVES = (1, 5, 10, 25, 50, 75, 100, 0)
CALLS, CALLS_QUICK = 4_000, 1_000
TIMED, TIMED_QUICK = 2_000, 400
AT_ONCE = 16
EMBEDDED, PEER = "proxy", "envoy"
CALL = b'POST /predict HTTP/1.1\r\nHost: models\r\nX-Caller: job\r\nContent-Length: 14\r\n\r\n{"visits": 12}'


def shares(run: Run) -> Iterator[Figure]:
    """On every plane: how many of the shares that were asked for are what the models counted."""
    calls = run.sized(CALLS, CALLS_QUICK)
    for name in _able(Ability.SPLIT):
        counts = []
        with a_site(run, name, "shares") as site:
            for percent in SHARES:
                site.plane.want(site.ref, Desired(new=site.new.address, new_percent=percent))
                site.old.forget()
                site.new.forget()
                load(site, calls, at_once=AT_ONCE)
                counts.append((site.new.calls, site.old.calls + site.new.calls))
        kept = [
            standing(percent, new=new, calls=all_) is not Standing.CONTRADICTED and all_ == calls
            for percent, (new, all_) in zip(SHARES, counts, strict=True)
        ]
        told = ", ".join(
            f"{percent} %: {new} ({least} to {most})"
            for percent, (new, _) in zip(SHARES, counts, strict=True)
            for least, most in [interval(percent, calls)]
        )
        yield figure(
            f"{name}: shares of {calls:,} calls that the models confirm",
            [sum(kept)],
            unit=f"of {len(SHARES)}",
            target=len(SHARES),
            better="higher",
            reference=f"the 99.9 % interval of the binomial law, in brackets; counted by the successor: {told}",
        )


def moves(run: Run) -> Iterator[Figure]:
    """On every plane: callers who notice that shares move under them."""
    calls = run.sized(CALLS, CALLS_QUICK)
    for name in _able(Ability.SPLIT):
        with a_site(run, name, "moves") as site:

            def move(site: Site = site) -> None:
                for percent in MOVES:
                    site.plane.want(site.ref, Desired(new=site.new.address, new_percent=percent))

            answers = load(site, calls, at_once=AT_ONCE, meanwhile=move)
        failed = sum(answer.status != 200 for answer in answers)
        yield figure(
            f"{name}: calls that failed while shares moved {len(MOVES)} times",
            [failed],
            unit=f"of {len(answers):,}",
            target=0,
            better="lower",
            reference=f"{AT_ONCE} connections that are kept open; shares {', '.join(map(str, MOVES))} %",
        )


def beside(run: Run) -> Iterator[Figure]:
    """The embedded proxy beside Envoy: the same two models, the same calls, half of them to each."""
    rates, waits = (f"{EMBEDDED} beside {PEER}, {what}" for what in ("calls a second", "p99"))
    if PEER not in PLANES:
        why = f"{PEER} is not among the planes of tests/contract/planes.py"
        yield unmeasured(rates, unit=f"x {PEER}", target=0.4, better="higher", why=why)
        yield unmeasured(waits, unit=f"x {PEER}", target=3, better="lower", why=why)
        return
    calls = run.sized(TIMED, TIMED_QUICK)
    slowest: dict[str, list[float]] = {EMBEDDED: [], PEER: []}
    with ExitStack() as stack:
        old, new = stack.enter_context(_small_models(run))
        sites = {}
        for name in slowest:
            folder = run.folder / name
            folder.mkdir()
            sites[name] = stack.enter_context(PLANES[name].build(folder, old, new))
            sites[name].plane.want(sites[name].ref, Desired(new=new.address, new_percent=50))

        def side(name: str) -> Side:
            def work() -> float:
                began = time.perf_counter()
                slowest[name].append(percentile(asyncio.run(_timed(sites[name].address, calls)), 99))
                return time.perf_counter() - began

            return work

        @contextmanager
        def ready() -> Iterator[Mapping[str, Side]]:
            yield {name: side(name) for name in sites}

        found = in_rounds(run, ready)
    counted = {name: slowest[name][1:] for name in slowest}  # as in_rounds does not count the first
    told = "; ".join(
        f"{name} {rate(calls, found[name]):,.0f} calls a second, p99 {1000 * median(counted[name]):.1f} ms"
        for name in sites
    )
    reference = f"{calls:,} calls on {AT_ONCE} connections, half to each of two model servers of ours: {told}"
    yield figure(
        rates,
        ratios(found[PEER], found[EMBEDDED]),
        unit=f"x {PEER}",
        target=0.4,
        better="higher",
        reference=reference,
    )
    yield figure(
        waits,
        ratios(counted[EMBEDDED], counted[PEER]),
        unit=f"x {PEER}",
        target=3,
        better="lower",
        reference=reference,
    )


def _able(ability: Ability) -> list[str]:
    return [name for name, kind in PLANES.items() if ability in kind.abilities]


@contextmanager
def a_site(run: Run, name: str, what: str) -> Iterator[Site]:
    folder = run.folder / f"{name}-{what}"
    folder.mkdir()
    with two_models() as (old, new), PLANES[name].build(folder, old, new) as site:
        yield site


@contextmanager
def _small_models(run: Run) -> Iterator[tuple[Model, Model]]:
    """Two model servers of ours, as the demo has them: each call is logged and a probability made."""
    weights = run.folder / "weights.json"
    weights.write_text(json.dumps({"intercept": -1, "coefficients": {"visits": 0.2}}))
    servers = LocalEndpoints(run.folder / "endpoints")
    loop = asyncio.new_event_loop()
    try:
        old, new = Model("old", loop), Model("new", loop)
        for model in (old, new):
            servers.start(model.name, weights)
            model.address = servers.address(model.name).removesuffix("/predict")
        yield old, new
    finally:
        servers.stop_all()
        loop.close()


async def _timed(address: str, calls: int) -> list[float]:
    """Seconds of each call. Written on the sockets themselves: a client library would be what is measured."""
    url = urlsplit(address)
    left, taken = iter(range(calls)), list[float]()

    async def one_after_the_other() -> None:
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        while next(left, None) is not None:
            began = time.perf_counter()
            writer.write(CALL)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            taken.append(time.perf_counter() - began)
        writer.close()

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    return taken


FIGURES = {"shares": shares, "moves": moves, "beside envoy": beside}
