"""What every replica must share, and the mark by which it is known: in a file, or in an object of a bucket."""

from __future__ import annotations

from data.records.base import Record

MARK_FILE = ".emeritus-place"
ON_ONE_MACHINE = "Run all replicas there, in the same working directory, or declare these endpoints manual"


class Place(Record, frozen=True, kw_only=True):
    """`says` what it is and `cure` what to do where it is not the one."""

    name: str
    says: str
    cure: str


ARCHIVE = Place(
    name="archive",
    says="the archive of this record, which every replica must share",
    cure="Let EMERITUS_ARCHIVE name the same directory for all of them, mounted on every machine, or the same bucket",
)
CHANGES = Place(
    name="changes",
    says="the directory for changes to catalogs, which every replica must share",
    cure="Let EMERITUS_CHANGES name the same directory for all of them, mounted on every machine",
)
ENDPOINTS = Place(
    name="endpoints",
    says="where the local endpoints of the catalog are kept, which are processes of one machine",
    cure="Run all replicas there, in the same working directory, or declare these endpoints sagemaker or manual",
)
PROXIES = Place(
    name="proxies",
    says="where the proxied endpoints of the catalog are kept, whose proxies are processes of one machine",
    cure=ON_ONE_MACHINE,
)
FLAGS = Place(
    name="flags",
    says="where the flags of the catalog are kept, which one process serves",
    cure=ON_ONE_MACHINE,
)
ENGINES = Place(
    name="engines",
    says="where it is kept what is wanted of endpoints behind Envoy or HAProxy, whose files are on one machine",
    cure=ON_ONE_MACHINE,
)


def why_other(known: str, found: str, place: Place) -> str:
    return "" if found == known else f"it is not {place.says}: that one has {known} in {MARK_FILE}"
