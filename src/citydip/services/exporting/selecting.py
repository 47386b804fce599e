"""Which part of the graph is exported: licences for all, and ties by type, evidence, country and day."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from citydip.model.errors import ParameterError
from citydip.services.exporting.forms import Export
from citydip.services.exporting.licences import LICENCES

__all__ = ["FILTERS", "TIE_STATES", "Selection", "read_selection"]

FILTERS = {
    "licence": f"Only graphs under these licences ({', '.join(LICENCES)}).",
    "type": "Only ties of these kinds: Tie, Agreement, or a type of agreement such as sister-city.",
    "attestation": "Only ties so attested: attested, reported.",
    "status": "Only ties in these states, such as signed or reported.",
    "country": "Only ties with a city in one of these countries, by their two-letter codes.",
    "region": "Only ties with a city in one of these world regions, by M49 code or name, such as 145 or western-asia.",
    "within": "Only ties with both cities in these countries or regions, by their codes.",
    "on": "Only ties that surely held on this day, such as 2016-12-31.",
}
"""What each selection does; values stand with commas between."""

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
TIE_STATES = frozenset({"signed", "in-force", "suspended", "ended", "reported"})
"""The states in which an agreement is or was a tie; what is proposed or under discussion is none."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A part of the graph; without arguments, all of it.

    Args:
        licence: SPDX names of licences.
        type: kinds of ties, or types of agreements.
        attestation: grades of attestation.
        status: states of ties.
        country: codes of countries, one of which a tie must touch, or one of the regions.
        region: codes or names of world regions, one of which a tie must touch, or one of the countries.
        within: codes of countries, and codes or names of world regions, that a tie must stay in.
        on: a day on which a tie must surely have held.
    """

    licence: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    attestation: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    on: str = ""

    @property
    def given(self) -> dict[str, Any]:
        """Return what is selected by, by name, without what is not."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def key(self) -> str:
        """Return a short name that equal selections share; empty for all."""
        given = json.dumps(self.given, sort_keys=True)
        return hashlib.sha256(given.encode()).hexdigest()[:16] if self.given else ""

    def takes(self, tie: Mapping[str, Any]) -> bool:
        """Return whether a row of the table of ties is selected."""
        sides = [_places(tie, side) for side in ("city_a", "city_b")]
        touched = {*self.country, *self.region}
        kinds = {tie.get("class"), *str(tie.get("types", "")).split()}
        states = str(tie.get("status", "")).split()
        return (
            (not self.type or not kinds.isdisjoint(self.type))
            and (not self.attestation or tie.get("attestation") in self.attestation)
            and (not self.status or not set(states).isdisjoint(self.status))
            and (not touched or any(not places.isdisjoint(touched) for places in sides))
            and (not self.within or all(not places.isdisjoint(self.within) for places in sides))
            and (not self.on or _held(tie, self.on))
        )


def _places(tie: Mapping[str, Any], side: str) -> set[str]:
    """Return the codes and names of the country and the regions that a city of a tie lies in."""
    regions = f"{tie.get(f'{side}_regions') or ''} {tie.get(f'{side}_m49') or ''}"
    return {tie.get(f"{side}_country") or "", *regions.split()}


def _held(tie: Mapping[str, Any], day: str) -> bool:
    """Return whether a tie surely held on a day, as the query `ties-as-of` has it."""
    begun = min((tie[name] for name in ("begin_latest", "attested_latest") if tie.get(name)), default="")
    if TIE_STATES.isdisjoint(str(tie.get("status", "")).split()):
        return False
    if not begun or begun > day or tie.get("begin_earliest", "") > day:
        return False
    if tie.get("end_latest") and tie["end_latest"] < day:
        return False
    if {"ended", "suspended"}.isdisjoint(str(tie.get("status", "")).split()):
        return True
    return bool(tie.get("end_earliest", "") > day)


def read_selection(export: Export, given: Mapping[str, str]) -> Selection:
    """Return the selection that parameters mean, with equal ones written alike.

    Args:
        export: what is selected from.
        given: texts by name, as in `FILTERS`.

    Raises:
        ParameterError: the export does not take a parameter, or a value is none that it can have.
    """
    values: dict[str, Any] = {}
    for name, text in given.items():
        if name not in export.filters:
            takes = ", ".join(export.filters) or "nothing"
            raise ParameterError(f"{export.name} cannot be selected from by {name!r}; it takes: {takes}")
        parts = tuple(sorted({part.strip() for part in text.split(",") if part.strip()}))
        if len(parts) > 300 or any(len(part) > 60 for part in parts):
            raise ParameterError(f"{name} has too many values, or one that is too long")
        if wrong := [part for part in parts if not _WORD.fullmatch(part)]:
            raise ParameterError(f"{name} has {wrong[0]!r}, which is no name; names have letters, digits and hyphens")
        values[name] = parts
    values = {name: parts for name, parts in values.items() if parts}
    if "country" in values:
        values["country"] = tuple(sorted({_code(part) for part in values["country"]}))
    if "region" in values:
        values["region"] = tuple(sorted({part.lower() for part in values["region"]}))
    if "within" in values:
        values["within"] = tuple(sorted({_place(part) for part in values["within"]}))
    if unknown := [name for name in values.get("licence", ()) if name not in LICENCES]:
        raise ParameterError(f"there is no licence {unknown[0]!r} in the graph; there are: {', '.join(LICENCES)}")
    if unknown := [grade for grade in values.get("attestation", ()) if grade not in ("attested", "reported")]:
        raise ParameterError(f"there is no attestation {unknown[0]!r}; there are: attested, reported")
    if "on" in values:
        values["on"] = _day(values["on"][0])
    return Selection(**values)


def _code(text: str) -> str:
    if len(text) != 2 or not text.isascii() or not text.isalpha():
        raise ParameterError(f"a country is given by its two letters of ISO 3166-1, such as IR, not {text!r}")
    return text.upper()


def _place(text: str) -> str:
    """Return the code of a country, or the code or name of a region, as a row has it."""
    return text.lower() if len(text) > len("IR") else _code(text)


def _day(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ParameterError(f"a day reads as 2016-12-31, not {text!r}") from None
