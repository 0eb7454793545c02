"""What does a call say of who calls? Which field names the caller, and what is kept of one nobody declares.

The most specific name counts first: what a client calls itself in a header, then the role or service account it
runs as, who signed in, its user agent, its address. A person's name or address is looked for in the catalog like
the others. It is kept only where there is no other name, and an address only as its network: whom it belongs to
can be found out where the log is, and the record is for years. A credential is no name, and is kept nowhere.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from data.credentials import is_credential, may_be_credential

NAMELESS = "a caller without a name"
_SERVICE = re.compile(r"spiffe://|system:serviceaccount:|arn:aws[\w-]*:(?:iam|sts)::\d*:(?:assumed-)?role/")
_SERVICE_ENDS = ".gserviceaccount.com"
_SESSION = re.compile(r"arn:(aws[\w-]*):sts::(\d+):assumed-role/([^/]+)/.*")
_PRODUCT = re.compile(r"([^\s/()]+)(?:/\S*)?")
GENERIC = frozenset(
    (
        *("aiohttp", "apache-httpclient", "aws-sdk-go", "aws-sdk-java", "axios", "boto3", "botocore", "curl"),
        *("dart", "go-http-client", "got", "grpc-go", "grpc-java-netty", "grpc-python", "guzzlehttp"),
        *("httpie", "java", "k6", "ktor-client", "libcurl", "libwww-perl", "mozilla", "node", "node-fetch"),
        *("okhttp", "php", "postmanruntime", "python", "python-httpx", "python-requests", "python-urllib"),
        *("python-urllib3", "reactornetty", "ruby", "rust-reqwest", "undici", "urllib3", "wget"),
    )
)
"""Products that say with what somebody calls, and not who."""


class Caller(NamedTuple):
    """All that a call says of who calls, as written; what it does not say is empty, and what is a credential.

    had_credential  whether there was one
    """

    client: str = ""
    role: str = ""
    user: str = ""
    agent: str = ""
    address: str = ""
    had_credential: bool = False


def told(
    *, client: str, role: str, user: str, agent: str, address: str, had_credential: bool = False
) -> Caller:
    """With each name in the field it belongs to: a role that signed in is no person, an e-mail address is one."""
    client, role, user = map(_without_query, (client, role, user))
    if is_credential(client) or is_credential(role) or is_credential(user) or is_credential(agent):
        client, role, user, agent = ("" if is_credential(one) else one for one in (client, role, user, agent))
        had_credential = True
    role, user = _without_session(role), _without_session(user)
    if _network(_host(client)):
        client, address = "", address or client
    if "@" in client and not _is_service(client):
        client, user = "", user or client
    if role and not _is_service(role):
        role, user = "", user or role
    if not role and _is_service(user):
        role, user = user, ""
    return Caller(client, role, user, agent, _host(address), had_credential)


def names(caller: Caller) -> Iterator[str]:
    """What the catalog may call whoever calls, the field that counts first coming first.

    Whoever says so clearly who it is, is nobody else because it came from the same address.
    """
    yield from filter(None, (caller.client, caller.role, caller.user))
    if not _of_service(caller):
        yield from filter(None, (caller.agent, _product(caller.agent), caller.address))
    yield kept(caller)


@lru_cache(maxsize=4096)
def kept(caller: Caller) -> str:
    """What a caller is called that nobody declares."""
    if name := _of_service(caller):
        return name
    product, user = _sayable(_product(caller.agent)), _sayable(caller.user)
    network = _network(caller.address)
    if "@" in product:  # a person's address, and no program's name
        return network or user or product
    if product and product.casefold() not in GENERIC:
        return product
    if product and network:
        return f"{product} from {network}"
    return product or network or user or NAMELESS


def hides(caller: Caller) -> bool:
    """Whether something of it is not kept that may be a credential, though it may be a name that a catalog knows."""
    return any(map(may_be_credential, (caller.client, caller.role, caller.user, _product(caller.agent))))


def _of_service(caller: Caller) -> str:
    """Who it is by what it says itself."""
    return _sayable(caller.client) or _sayable(caller.role)


def _sayable(name: str) -> str:
    return "" if may_be_credential(name) else name


def _is_service(name: str) -> bool:
    return bool(_SERVICE.match(name)) or name.endswith(_SERVICE_ENDS)


def _without_query(name: str) -> str:
    """Of an address what it is of: what is asked for behind it may be anything, and anybody's."""
    before, _, _ = name.partition("?")
    return before.partition("#")[0] if "/" in before else name


def _without_session(name: str) -> str:
    """The role itself: who assumed it may be a person, who names the session."""
    found = _SESSION.fullmatch(name)
    return f"arn:{found[1]}:iam::{found[2]}:role/{found[3]}" if found else name


@lru_cache(maxsize=4096)
def _product(agent: str) -> str:
    """The first product of a user agent, without its version.

    Source: RFC 9110, section 10.1.5
    """
    found = _PRODUCT.match(agent)
    return found[1] if found else ""


def _host(address: str) -> str:
    """Without the port; of several that passed it on, the first."""
    first = address.partition(",")[0].strip()
    if first.startswith("["):
        return first[1:].partition("]")[0]
    return first.partition(":")[0] if first.count(":") == 1 else first


@lru_cache(maxsize=4096)
def _network(address: str) -> str:
    """/24 of IPv4 and /48 of IPv6: what says which part of a company it is, and not which desk."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False))
