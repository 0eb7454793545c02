"""What an operation of AWS takes, by the service's own model: what is described can be asked for again, whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def taken_of(client: Any, operation: str, described: Mapping[str, Any]) -> dict[str, Any]:
    """Of what was described, what the operation takes; nothing of what is empty."""
    shape = client.meta.service_model.operation_model(operation).input_shape
    members = shape.members if shape else {}
    return {
        key: value for key, value in described.items() if key in members and value not in (None, "", [], {})
    }
