"""Which thing does a reference name? As Backstage writes them: `[kind:][namespace/]name`, case-insensitive.

Source: backstage.io/docs/features/software-catalog/references
"""

from __future__ import annotations

import re
from collections import defaultdict

from data.closest import Names
from data.records.base import Record

_REF = re.compile(r"(?:(?P<kind>[^:/\s]+):)?(?:(?P<namespace>[^:/]+)/)?(?P<name>[^/]+)")
DEFAULT_NAMESPACE = "default"


class Ref(Record, frozen=True, kw_only=True):
    """A parsed reference, as written; parts left out are empty."""

    kind: str = ""
    namespace: str = ""
    name: str


class Found(Record, frozen=True, kw_only=True):
    """The one thing a reference names. `note` says how it was bent to get there; empty when it was exact."""

    id: str
    note: str = ""


class Missing(Record, frozen=True, kw_only=True):
    """Why a reference names nothing, or more than one thing. `tried` is the ids it could have meant."""

    why: str
    tried: tuple[str, ...] = ()


def parse(text: str) -> Ref | None:
    """The parts of a reference, or None when it is not one."""
    match = _REF.fullmatch(text.strip())
    if match is None or not match["name"].strip():
        return None
    return Ref(kind=match["kind"] or "", namespace=match["namespace"] or "", name=match["name"].strip())


def id_of(kind: str, namespace: str, name: str) -> str:
    return f"{kind}:{namespace or DEFAULT_NAMESPACE}/{name}".lower()


def ids_meant(text: str, *, kinds: tuple[str, ...], namespace: str) -> tuple[str, ...]:
    """What `text` may name, seen from `namespace`, which comes first; `kinds` are tried when it has none."""
    ref = parse(text)
    if ref is None:
        return ()
    tried = (ref.kind.lower(),) if ref.kind else kinds
    return tuple(id_of(kind, space, ref.name) for space in _spaces(ref, namespace) for kind in tried)


def _spaces(ref: Ref, namespace: str) -> tuple[str, ...]:
    return (ref.namespace,) if ref.namespace else tuple(dict.fromkeys((namespace.lower(), DEFAULT_NAMESPACE)))


class Index:
    """Everything that is declared, by id, with the spelling of its declaration."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._by_kind: dict[str, list[str]] = defaultdict(list)
        self._spelt: dict[str, Names] = {}
        self._alike: dict[tuple[str, str], str] = {}

    def add(self, thing_id: str, name: str) -> None:
        if thing_id not in self.names:
            self.names[thing_id] = name
            self._by_kind[thing_id.partition(":")[0]].append(name)
            self._spelt.clear()
            self._alike.clear()

    def alike(self, kind: str, name: str) -> str:
        """The name of this kind that comes closest; empty when none does. Thousands may miss the same one."""
        if (kind, name) not in self._alike:
            if kind not in self._spelt:
                self._spelt[kind] = Names(self._by_kind[kind])
            self._alike[kind, name] = self._spelt[kind].closest(name, cutoff=0.75)
        return self._alike[kind, name]

    def __contains__(self, thing_id: str) -> bool:
        return thing_id in self.names

    def find(
        self, text: str, *, kinds: tuple[str, ...], namespace: str, first: bool = False
    ) -> Found | Missing:
        """What `text` names, seen from `namespace`.

        kinds   tried when the reference has none; two that fit are one too many, unless `first` is good
        A reference without a namespace means its own one; Backstage stops there, we try `default` and say so.
        """
        ref = parse(text)
        if ref is None:
            return Missing(why="not a reference; write [kind:][namespace/]name")
        tried = (ref.kind.lower(),) if ref.kind else kinds
        spaces = _spaces(ref, namespace)
        meant = ids_meant(text, kinds=kinds, namespace=namespace)
        for space in spaces:
            fits = [known for kind in tried if (known := id_of(kind, space, ref.name)) in self.names]
            if len(fits) > 1 and not first:
                return Missing(why=f"could be {' or '.join(fits)}; write the kind", tried=meant)
            if fits:
                return Found(
                    id=fits[0], note=self._bent(ref, fits[0], kinds, is_elsewhere=space != spaces[0])
                )
        return Missing(why=self._nobody(ref, tried, spaces), tried=meant)

    def _bent(self, ref: Ref, found: str, kinds: tuple[str, ...], *, is_elsewhere: bool) -> str:
        notes = []
        if self.names[found] != ref.name:
            notes.append(f'written "{ref.name}", declared as "{self.names[found]}"')
        if is_elsewhere:
            notes.append(f'found in namespace "{DEFAULT_NAMESPACE}" only')
        if not ref.kind and len(kinds) > 1 and not found.startswith(f"{kinds[0]}:"):
            notes.append(f"no kind given; taken as {found}")
        return "; ".join(notes)

    def _nobody(self, ref: Ref, tried: tuple[str, ...], spaces: tuple[str, ...]) -> str:
        target = id_of(tried[0], spaces[0], ref.name)
        others = [
            other
            for kind in ("component", "resource", "api", "airesource")
            if (other := id_of(kind, spaces[0], ref.name)) in self.names
        ]
        hint = f"; there is {' and '.join(others)}" if others else ""
        return f"nobody declares {target}{hint}"
