"""Where does it say how to move from one model to the next? On the page that either of them names."""

from __future__ import annotations

from data.records.catalog import Entity


def guide_of(model: Entity | None, successor: Entity | None) -> str:
    """Its address; empty where neither names one."""
    return next((one.guide for one in (model, successor) if one is not None and one.guide), "")
