"""Which variants an endpoint is to have, and with which weights, for what is wanted of it. Nothing is called here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from data.records.traffic import Ability, Desired
from workflows.adapters.sagemaker_plane.kept import Kept

NEW, SHADOW = "emeritus-new", "emeritus-shadow"
"""Variants that we add. The successor has two names, so that CloudWatch never counts copies among calls."""
NAME_MAX = 63
TOLERANCE = 1e-4
"""Weights come back as floats of four bytes."""

Variant = Mapping[str, Any]


def abilities_of(config: Mapping[str, Any]) -> frozenset[Ability]:
    """Of an endpoint that runs this config, whose variants are all of the old model.

    At most one shadow, and then one production variant:
    docs.aws.amazon.com/sagemaker/latest/dg/model-shadow-deployment.html
    """
    variants = config["ProductionVariants"]
    is_plain = all("ModelName" in one for one in variants)
    if not is_plain or config.get("AsyncInferenceConfig") or config.get("ShadowProductionVariants"):
        return frozenset((Ability.LATENCY,))
    if len(variants) == 1 and "InstanceType" in variants[0]:
        return frozenset((Ability.LATENCY, Ability.SPLIT, Ability.MIRROR))
    return frozenset((Ability.LATENCY, Ability.SPLIT))


def config_name(endpoint: str, kept: Kept) -> str:
    """By what it has, so that asking twice is asking for the same one; the base where nothing is wanted."""
    if not kept.traffic.new:
        return kept.base
    kind = "new" if kept.is_alone else "shadow" if kept.traffic.mirror_percent else "split"
    mirror = f"{kept.traffic.mirror_percent:g}"
    digest = hashlib.sha256(f"{kept.base} {kept.successor} {mirror}".encode()).hexdigest()[:12]
    suffix = f"-emeritus-{kind}-{digest}"
    return f"{endpoint[: NAME_MAX - len(suffix)].rstrip('-')}{suffix}"


def variants_for(
    kept: Kept, base: Mapping[str, Any], successor: Variant, running: Iterable[Variant]
) -> dict[str, list[dict[str, Any]]]:
    """Its variants, as CreateEndpointConfig takes them: the old ones as they are, and the successor beside them.

    successor   the one variant of the successor's own endpoint
    running     as the endpoint has them now: the successor is to bear what all of the old ones bear together
    """
    new = {**successor, "VariantName": NEW, "InitialVariantWeight": 0.0}
    counts = [
        one.get("DesiredInstanceCount", 0) for one in running if one["VariantName"] not in (NEW, SHADOW)
    ]
    if "InitialInstanceCount" in new:
        new["InitialInstanceCount"] = max(new["InitialInstanceCount"], sum(counts))
    old = [dict(one) for one in base["ProductionVariants"]]
    if kept.is_alone:
        return {"ProductionVariants": [{**new, "InitialVariantWeight": 1.0}]}
    if percent := kept.traffic.mirror_percent:
        old = [{**one, "InitialVariantWeight": 1.0} for one in old]
        shadow = {**new, "VariantName": SHADOW, "InitialVariantWeight": percent / 100}
        return {"ProductionVariants": old, "ShadowProductionVariants": [shadow]}
    return {"ProductionVariants": [*old, new]}


def weights_for(kept: Kept) -> dict[str, float]:
    """Variant -> weight, which add up to 1; between variants of the old model as they were."""
    if kept.traffic.new and kept.is_alone:
        return {NEW: 1.0}
    share = kept.traffic.new_percent / 100
    weights = {name: weight * (1 - share) for name, weight in kept.weights.items()}
    return weights | ({NEW: share} if kept.traffic.new and not kept.traffic.mirror_percent else {})


def shares_of(variants: Iterable[Variant]) -> dict[str, float]:
    """As they are now, which add up to 1."""
    weights = {one["VariantName"]: float(one.get("CurrentWeight", 1.0)) for one in variants}
    total = sum(weights.values()) or 1.0
    return {name: weight / total for name, weight in weights.items()}


def are_alike(shares: Mapping[str, float], wanted: Mapping[str, float]) -> bool:
    return shares.keys() == wanted.keys() and all(
        abs(share - wanted[name]) <= TOLERANCE for name, share in shares.items()
    )


def goes_by(endpoint: Mapping[str, Any], wanted: Desired) -> Desired:
    """What the endpoint does of it."""
    production = endpoint.get("ProductionVariants", [])
    shadows: Sequence[Variant] = endpoint.get("ShadowProductionVariants") or []
    names = {one["VariantName"] for one in (*production, *shadows)}
    if not names & {NEW, SHADOW}:
        return Desired()
    total = sum(float(one.get("CurrentWeight", 1.0)) for one in production) or 1.0
    copied = sum(float(one.get("CurrentWeight", 1.0)) for one in shadows if one["VariantName"] == SHADOW)
    return Desired(
        new=wanted.new,
        new_name=wanted.new_name,
        new_percent=_percent(shares_of(production).get(NEW, 0.0), wanted.new_percent),
        mirror_percent=_percent(copied / total, wanted.mirror_percent),
    )


def _percent(share: float, wanted: float) -> float:
    return wanted if abs(share - wanted / 100) <= TOLERANCE else round(share * 100, 2)
