"""Statements of Wikidata as triples of this graph: ties, memberships, tenures, and the evidence that each rests on.

* A tie is `cd:Tie` with the IRI that every list gives it. Its evidence tells on which side it stands. Where statements
  give different times, the later ones are ties of their own, named by their statement.
* A membership and a tenure are named by the first of the statements that say the same.
* An evidence is an item's own page, or what stands there on the strength of one reference. That of ties names the side,
  and is there for each city that was asked for: where it has no tie, none was found.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from citydip.curation.importers.nodes import Value, both, describe, persian, text
from citydip.curation.importers.parts import Parts
from citydip.curation.importers.wikidata.claims import DEPRECATED, PREFERRED, Claim, Item, Reference
from citydip.curation.importers.wikidata.names import english_name, labels, persian_name
from citydip.curation.importers.wikidata.ours import OurCity, Ours
from citydip.curation.importers.wikidata.periods import Period, period_of
from citydip.curation.importers.wikidata.times import Dated
from citydip.model.terms import PREFIXES, shorten

__all__ = ["COMMON", "SOURCE", "Left", "Writing"]

COMMON = "all"
"""The part for what is of no country: source, organizations."""
SOURCE = "source:wikidata"
"""The source of everything here."""
_NOWHERE = "zz"
_RANK = ox.NamedNode("http://wikiba.se/ontology#rank")
_DAY = ox.NamedNode(PREFIXES["xsd"] + "date")


@dataclass(frozen=True, slots=True, order=True)
class Left:
    """A statement, or a part of one, that was not imported.

    Args:
        reason: the same words for each that is left out for the same reason.
        statement: the identifier of the statement at Wikidata.
        what: what it says, to be found again by a reader.
    """

    reason: str
    statement: str
    what: str


@dataclass(slots=True)
class Writing:
    """What is written.

    Args:
        ours: what the graph knows.
        items: what Wikidata says of cities, persons and organizations, by QID.
        parts: where the triples go.
        left: what was not imported.
        figures: counts for the report.
    """

    ours: Ours
    items: dict[str, Item]
    parts: Parts
    left: list[Left] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)
    made: dict[str, str] = field(default_factory=dict)
    """Persons and organizations that are new here: QID by the prefixed name."""

    def leave(self, reason: str, claim: Claim, what: str) -> None:
        """Note that a statement, or a part of it, is not imported."""
        self.left.append(Left(reason, claim.statement, what))

    def write(self, claims: Iterable[Claim]) -> None:
        """Write statements."""
        usable: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            self.figures[f"statements of {claim.predicate}"] += 1
            if claim.rank == DEPRECATED:
                self.leave("deprecated at Wikidata", claim, f"{claim.item} {claim.predicate} {claim.object}")
            elif not claim.object:
                self.leave("an unknown value", claim, f"{claim.item} {claim.predicate}")
            else:
                usable[claim.predicate].append(claim)
        self._ties(usable["P190"])
        self._memberships(usable["P463"])
        self._tenures(usable["P6"], usable["P39"])

    def add(self, part: str, subject: str, says: dict[str, Value | Sequence[Value] | None]) -> None:
        """Write the triples of a node."""
        self.parts.add(part, describe(subject, says))

    def _ties(self, claims: list[Claim]) -> None:
        pairs: dict[tuple[OurCity, OurCity], list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.object not in self.ours.cities:
                self.leave("the other side is no city of this graph", claim, f"{claim.item} {claim.object}")
                continue
            ends = (self.ours.cities[claim.item], self.ours.cities[claim.object])
            one, other = sorted(ends, key=lambda city: int(city.geonames))
            if one == other:
                self.leave("a city is not its own sister", claim, f"{claim.item} {claim.object}")
                continue
            pairs[one, other].append(claim)
        for (one, other), stated in pairs.items():
            self._tie(one, other, stated)

    def _tie(self, one: OurCity, other: OurCity, claims: list[Claim]) -> None:
        """Write what is said of a pair: one tie, and more where the times differ."""
        name = f"tie:{one.geonames}-{other.geonames}"
        told: list[tuple[Period, list[Claim]]] = []
        order = [(int(self.ours.cities[claim.item].geonames), claim.statement, claim) for claim in claims]
        # Statements without times come last, and so join the first that has some.
        periods = {claim.statement: period_of(claim, self.leave) for claim in claims}
        for *_, claim in sorted(order, key=lambda entry: (not periods[entry[1]], *entry[:2])):
            period = periods[claim.statement]
            for number, (common, others) in enumerate(told):
                if common.agrees(period):
                    told[number] = (common.joined(period), [*others, claim])
                    break
            else:
                told.append((period, [claim]))
        part = min(_part(one), _part(other))
        for period, stated in told:
            first = stated is told[0][1]
            sides = {claim.item for claim in stated}
            earlier = {claim.item for claim in told[0][1] if periods[claim.statement]}
            self.add(
                part,
                name if first else f"{name}-{stated[0].statement}",
                {
                    "a": "cd:Tie",
                    # One side with two periods does not contradict itself; two sides with other times do.
                    "cd:contradicts": None if first or sides & earlier else name,
                    "cd:hasEvidence": self._evidence(stated),
                    "cd:hasParty": [shorten(one.iri), shorten(other.iri)],
                    "cd:hasStatus": "status:reported",
                    **self._times(part, period),
                },
            )
            self.figures["ties"] += 1

    def _memberships(self, claims: list[Claim]) -> None:
        for stated, period in self._same(claims):
            claim, city = stated[0], self.ours.cities[stated[0].item]
            network = self._thing("organization", "cd:Organization", claim, COMMON)
            if network is None:
                continue
            node, english, in_persian = network
            self.add(
                _part(city),
                f"membership:wikidata-{claim.statement}",
                {
                    "a": "cd:Membership",
                    "cd:hasEvidence": self._evidence(stated),
                    "cd:hasMember": shorten(city.iri),
                    "cd:hasOrganization": node,
                    "cd:hasStatus": "status:reported",
                    "rdfs:label": both(
                        f"{city.english} is a member of {english} according to Wikidata{period.words('en')}",
                        f"{_persian(city)} به گفتهٔ ویکی‌داده عضو {in_persian} است{period.words('fa')}",
                    ),
                    **self._times(_part(city), period),
                },
            )
            self.figures["memberships"] += 1

    def _tenures(self, heads: list[Claim], offices: list[Claim]) -> None:
        for stated, period in self._same([*heads, *offices]):
            claim, city = stated[0], self.ours.cities[stated[0].item]
            person = self._thing("person", "cd:Person", claim, _part(city))
            if person is None:
                continue
            node, english, in_persian = person
            self.add(
                _part(city),
                f"tenure:wikidata-{claim.statement}",
                {
                    "a": "cd:Tenure",
                    "cd:hasEvidence": self._evidence(stated),
                    "cd:hasHolder": node,
                    "cd:hasPost": self._post(city),
                    "cd:hasStatus": "status:reported",
                    "rdfs:label": both(
                        f"{english} is mayor of {city.english} according to Wikidata{period.words('en')}",
                        f"{in_persian} به گفتهٔ ویکی‌داده شهردار {_persian(city)} است{period.words('fa')}",
                    ),
                    **self._times(_part(city), period),
                },
            )
            self.figures["tenures"] += 1

    def _same(self, claims: list[Claim]) -> Iterable[tuple[list[Claim], Period]]:
        """Yield statements that say the same of the same two things, with their common period.

        One on the city's page and one on the person's are the same where they are the only ones and do not disagree.
        """
        pairs: dict[tuple[str, str], list[tuple[Period, Claim]]] = defaultdict(list)
        for claim in claims:
            pairs[claim.item, claim.object].append((period_of(claim, self.leave), claim))
        for stated in pairs.values():
            properties = [claim.predicate for _, claim in stated]
            alone = len(properties) == len(set(properties))
            groups: list[tuple[list[Claim], Period]] = []
            for period, claim in stated:
                for number, (others, common) in enumerate(groups):
                    if period == common or (alone and period.agrees(common)):
                        groups[number] = ([*others, claim], common.joined(period))
                        break
                else:
                    groups.append(([claim], period))
            yield from groups

    def _thing(self, kind: str, cls: str, claim: Claim, part: str) -> tuple[str, str, str] | None:
        """Return the node of a person or organization with its names, written where it is not ours already."""
        known = self.ours.things.get(claim.object)
        if known and not known.startswith(PREFIXES[kind]):
            self.leave(f"the value is no {kind} of this graph", claim, f"{claim.item} {shorten(known)}")
            return None
        given = self.ours.labels.get(known or "", {}) or self.items.get(claim.object, Item()).labels
        english = english_name(given)
        if not english:
            self.leave(f"a {kind} without a name in Latin letters", claim, f"{claim.item} {claim.object}")
            return None
        node = shorten(known) if known else f"{kind}:{claim.object.lower()}"
        if not known:
            self.made[node] = claim.object
            self.add(part, node, {"a": cls, "cd:wikidataIdentifier": text(claim.object), **labels(given)})
        return node, english, persian_name(given, english)

    def _post(self, city: OurCity) -> str:
        """Return the post of the city's mayor, written where it is not ours already."""
        known = self.ours.posts.get(city.iri)
        if known:
            return shorten(known)
        node = f"post:mayor-of-{city.slug}"
        says: dict[str, Value | Sequence[Value] | None] = {
            "a": "cd:Post",
            "cd:hasPostKind": "post-kind:mayor",
            "cd:postFor": shorten(city.iri),
            "rdfs:label": both(f"Mayor of {city.english}", f"شهردار {_persian(city)}"),
        }
        self.add(_part(city), node, says)
        return node

    def _times(self, part: str, period: Period) -> dict[str, Value | Sequence[Value] | None]:
        return {
            "cd:startsOn": self.date(part, period.start) if period.start else None,
            "cd:endsOn": self.date(part, period.end) if period.end else None,
            "cd:datedOn": [self.date(part, point) for point in sorted(period.points)],
        }

    def date(self, part: str, at: Dated) -> str:
        """Return the node of a date, written to the part."""
        node = f"date:{at.slug}"
        ground = both(
            "Wikidata has it in the Julian calendar; here it is in days of the Gregorian one.",
            "در ویکی‌داده به گاهشمار ژولینی است و این‌جا به روزهای گاهشمار میلادی.",
        )
        says: dict[str, Value | Sequence[Value] | None] = {
            "a": "cd:Date",
            "cd:expression": text(at.expression),
            "cd:ground": ground if at.julian else None,
            "cd:hasCalendar": "calendar:gregorian",
        }
        self.add(part, node, says)
        return node

    def look(self, items: Iterable[str]) -> None:
        """Write that ties of cities were looked for, also where there are none."""
        for item in items:
            self._write_evidence(Claim(item, "P190", "", item, ""), "", Reference())

    def _evidence(self, claims: list[Claim]) -> list[str]:
        """Return the evidence of statements, written to the part of the city that each is about."""
        nodes: set[str] = set()
        for claim in claims:
            used = {key: reference for key, reference in claim.references.items() if reference.pages}
            for key, reference in (used or {"": Reference()}).items():
                nodes.add(self._write_evidence(claim, key, reference))
        return sorted(nodes)

    def _write_evidence(self, claim: Claim, key: str, reference: Reference) -> str:
        city = self.ours.cities[claim.item]
        side, preferred = claim.predicate == "P190", claim.rank == PREFERRED
        name = f"wikidata-{claim.page.lower()}" + ("-ties" if side else "")
        name += (f"-{key[:16]}" if key else "") + ("-preferred" if preferred else "")
        says: dict[str, Value | Sequence[Value] | None] = {
            "a": ["cd:Evidence", "oa:SpecificResource"],
            "cd:hasConfidence": "confidence:stated",
            "cd:onSideOf": shorten(city.iri) if side else None,
            "dcterms:date": [ox.Literal(day, datatype=_DAY) for day in sorted(reference.retrieved)],
            "dcterms:references": [iri for page in sorted(reference.pages) if (iri := self._address(claim, page))],
            "oa:hasSource": SOURCE,
            "rdfs:seeAlso": f"wd:{claim.page}",
        }
        self.add(_part(city), f"evidence:{name}", says)
        if preferred:
            subject = ox.NamedNode(PREFIXES["evidence"] + name)
            self.parts.add(_part(city), [ox.Triple(subject, _RANK, ox.NamedNode(PREFERRED))])
        return f"evidence:{name}"

    def _address(self, claim: Claim, page: str) -> ox.NamedNode | None:
        try:
            return ox.NamedNode(page)
        except ValueError:
            self.leave("a reference whose address is none", claim, page)
            return None


def _part(city: OurCity) -> str:
    return city.country or _NOWHERE


def _persian(city: OurCity) -> str:
    return city.persian or persian(city.english)
