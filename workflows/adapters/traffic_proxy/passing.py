"""What of a call and of its answer is passed on, and what it is called where that fails."""

from __future__ import annotations

import socket
import struct
from http import HTTPStatus

from aiohttp import ClientConnectorCertificateError, ClientError, ClientResponseError, web
from multidict import CIMultiDict, CIMultiDictProxy

from workflows.adapters.caller_names import VIA

HOP_BY_HOP = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
"""Of one connection, and never passed on: RFC 9110, section 7.6.1."""
OURS = frozenset(("host", "expect"))
"""Of a request, and settled by whoever sends it: 100 Continue is answered here."""
AUTOMATIC = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""What the client would add by itself; the model is to see what its caller sent, and nothing else."""
NAME = f"1.1 {VIA}"


class Unpassable(ClientError):
    """A header whose bytes are no UTF-8: what goes out would lack them, and nobody would know."""


def unpassable(headers: CIMultiDictProxy[str]) -> str:
    """The name of such a header; empty where there is none."""
    return next((name for name, value in headers.items() if not value.isascii() and _is_torn(value)), "")


def _is_torn(value: str) -> bool:
    """Bytes that could not be decoded stand in it as halves of a pair (PEP 383)."""
    return any("\udc80" <= sign <= "\udcff" for sign in value)


def what_failed(error: Exception) -> tuple[int, str]:
    match error:
        case Unpassable():
            return HTTPStatus.BAD_GATEWAY, f"answers with a header that is no UTF-8: {error}"
        case TimeoutError():
            return HTTPStatus.GATEWAY_TIMEOUT, "took too long"
        case ClientConnectorCertificateError():
            return HTTPStatus.BAD_GATEWAY, "has a certificate that is not trusted here"
        case ClientResponseError():
            return HTTPStatus.BAD_GATEWAY, "answers what this proxy cannot read as HTTP"
        case _:
            return HTTPStatus.BAD_GATEWAY, "does not answer"


def reset(request: web.BaseRequest) -> None:
    """A plain end of the connection is how HTTP/1.0 ends a whole answer."""
    if request.transport is None:
        return
    line = request.transport.get_extra_info("socket")
    if line is not None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()


def passed(headers: CIMultiDictProxy[str], *, but: frozenset[str], via: str) -> CIMultiDict[str]:
    """All of them, each as often as it was said, but for what is of this connection only."""
    named = {one.strip().lower() for line in headers.getall("Connection", ()) for one in line.split(",")}
    gone = HOP_BY_HOP | named | but
    found = CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in gone)
    found.add("Via", via)
    return found
