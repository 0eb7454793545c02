"""What stores behind fsspec can do for an archive, by how their addresses begin. Asks no driver, and loads none."""

from __future__ import annotations

from importlib.util import find_spec
from typing import NamedTuple

NEVER = (
    "object lock or legal hold of our own",
    "versions",
    "KMS key of our choice",
    "storage classes",
    "SHA-256 checked on arrival",
)
"""fsspec knows none of these, whatever the cloud behind it does: its drivers have no common way to ask for them."""

NO_CREATE = "refusal to write over what is there"


class Scheme(NamedTuple):
    """`creates`: its driver refuses to write over what is there, as the cloud itself sees it."""

    store: str
    driver: str
    install: str
    creates: bool

    @property
    def lacks(self) -> tuple[str, ...]:
        return NEVER if self.creates else (*NEVER, NO_CREATE)


_GCS = Scheme("Google Cloud Storage", "gcsfs", "pip install 'emeritus[gcs]'", creates=True)
_AZURE = Scheme("Azure Blob Storage", "adlfs", "pip install 'emeritus[azure]'", creates=True)
SCHEMES = {
    "gs": _GCS,  # gcsfs: open(mode="xb") sends ifGenerationMatch=0
    "gcs": _GCS,
    "az": _AZURE,  # adlfs: open(mode="xb") sends If-None-Match: *
    "abfs": _AZURE,
    "abfss": _AZURE,
}

OTHER = Scheme("a store that fsspec knows", "its own", "as fsspec says", creates=False)

NO_STORES = {
    "s3": "s3://bucket/prefix is kept by Emeritus itself, with locks",
    "s3a": "give it as s3://bucket/prefix",
    "file": "give the path of a directory",
    "local": "give the path of a directory",
    "memory": "that keeps nothing",
    "data": "that keeps nothing",
    "http": "nothing can be archived there",
    "https": "nothing can be archived there",
}


def scheme_of(url: str) -> Scheme:
    """Of an address that `why_no_scheme` finds nothing wrong with."""
    name = url.partition("://")[0]
    return SCHEMES.get(name) or OTHER


def why_no_driver(name: str, scheme: Scheme) -> str:
    if find_spec(scheme.driver):
        return ""
    return f"the driver of {name}://, {scheme.driver}, is not installed; run {scheme.install}"


def why_no_scheme(url: str) -> str:
    """Why nothing can be archived to such an address here; empty where it can."""
    name = url.partition("://")[0]
    if name in NO_STORES:
        return NO_STORES[name]
    if (known := SCHEMES.get(name)) is not None:
        return why_no_driver(name, known)
    from fsspec.registry import get_filesystem_class  # noqa: PLC0415, most have no need of it

    try:
        get_filesystem_class(name)
    except ImportError as error:
        return f"the driver of {name}:// is not installed; fsspec says: {error}"
    except ValueError:
        names = ", ".join(f"{one}://" for one in SCHEMES)
        return f"s3://, {names}, or another one that fsspec has a driver for"
    return ""
