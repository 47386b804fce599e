"""What a page shows of a thing, and in which order: facts, statements by subject, and what is not known of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from citydip.model.terms import CD, GRAPH, PREFIXES
from citydip.model.timed import COMING, FAILED, OVER
from citydip.services.things import Described, Node, Thing
from citydip.services.vocabulary import Vocabulary

__all__ = [
    "Fact",
    "Page",
    "Section",
    "members_of",
    "other_parties",
    "page_of",
    "references",
    "rivals",
    "sources_of",
    "tone",
]

_SECTIONS: tuple[tuple[str, frozenset[str]], ...] = (
    ("ties", frozenset({"Agreement", "Tie", "Cooperation"})),
    ("memberships", frozenset({"Membership", "RoleHolding", "Election", "Designation", "OfficeHosting", "Listing"})),
    ("people", frozenset({"Tenure"})),
    ("events", frozenset({"Participation", "Invitation", "Visit", "EditionRecord", "StatusRecord", "HostingBid"})),
    ("proposals", frozenset({"Proposal", "Request", "Support", "Correspondence", "Financing"})),
    ("claims", frozenset({"Assertion", "Count", "SearchRecord"})),
)
_TONES = {
    "done": "signed in-force held made agreed approved attested foundation-laid settled ready".split(),
    "open": COMING,
    "ended": (*OVER, *FAILED),
}
_TONE_OF = {status: name for name, statuses in _TONES.items() for status in statuses}
_NAMES = {
    PREFIXES["rdfs"] + "label",
    PREFIXES["rdf"] + "type",
    *(
        PREFIXES["skos"] + name
        for name in ("prefLabel", "altLabel", "hiddenLabel", "editorialNote", "definition", "example")
    ),
    PREFIXES["rdfs"] + "isDefinedBy",
    PREFIXES["skos"] + "topConceptOf",
    PREFIXES["vs"] + "term_status",
    *(str(CD[name]) for name in ("hasEvidence", "about", "contradicts")),
}
_EXPECTED = {
    "Agreement": ("signedOn", "startsOn", "endsOn"),
    "Tie": ("startsOn", "endsOn"),
    "Membership": ("startsOn", "endsOn"),
    "Tenure": ("startsOn", "endsOn"),
    "Designation": ("datedOn",),
    "Event": ("datedOn", "atPlace"),
    "City": ("population",),
}
_COMPUTED = str(GRAPH) + "computed/"


@dataclass(frozen=True, slots=True)
class Fact:
    """What one property of a thing leads to.

    Args:
        predicate: the IRI of the property.
        nodes: what it leads to.
        rule: the rule that has computed it; empty where a file states it.
    """

    predicate: str
    nodes: list[Node]
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The statements of one subject.

    Args:
        key: such as ``ties``.
        statements: in the order of their days.
    """

    key: str
    statements: list[Described]


@dataclass(slots=True)
class Page:
    """The model of a page.

    Args:
        thing: what it is about.
        kinds: the IRIs of its classes, the most special first.
        stated: facts that files state.
        computed: facts that rules have computed.
        sections: statements by subject; empty sections are left out.
        unknown: properties that a reader would look for and that nothing states.
        spellings: other spellings by language.
    """

    thing: Thing
    kinds: list[str]
    stated: list[Fact] = field(default_factory=list)
    computed: list[Fact] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    spellings: list[Node] = field(default_factory=list)

    def is_a(self, *names: str) -> bool:
        """Return whether the thing is of one of the classes itself, such as ``City``."""
        return any(str(CD[name]) in self.kinds for name in names)


def page_of(thing: Thing, vocabulary: Vocabulary) -> Page:
    """Return the model of the page of a thing."""
    page = Page(thing, sorted(thing.kinds, key=lambda kind: (not kind.startswith(str(CD)), kind)))
    for predicate, nodes in sorted(thing.properties.items()):
        if predicate in _NAMES:
            continue
        made = [node for node in nodes if node.graphs and all(g.startswith(_COMPUTED) for g in node.graphs)]
        given = [node for node in nodes if node not in made]
        if given:
            page.stated.append(Fact(predicate, given))
        if made:
            page.computed.append(Fact(predicate, made, made[0].graphs[0].removeprefix(_COMPUTED)))
    page.sections = _sections(thing.statements)
    for name in ("altLabel", "hiddenLabel"):
        page.spellings += thing.properties.get(PREFIXES["skos"] + name, [])
    for kind, expected in _EXPECTED.items():
        if any(vocabulary.is_a(own, kind) for own in page.kinds):
            page.unknown += [str(CD[name]) for name in expected if str(CD[name]) not in thing.properties]
    return page


def _sections(statements: Iterable[Described]) -> list[Section]:
    found: dict[str, list[Described]] = {}
    for statement in statements:
        names = {kind.removeprefix(str(CD)) for kind in statement.kinds}
        key = next((key for key, classes in _SECTIONS if names & classes), "other")
        found.setdefault(key, []).append(statement)
    return [Section(key, found[key]) for key in (*(key for key, _ in _SECTIONS), "other") if key in found]


def members_of(page: Page) -> list[tuple[str, list[tuple[Node, list[Described]]]]]:
    """Return who belongs to a body by the year in which it came, each with the statements that say so.

    Returns:
        Years of the Gregorian calendar, such as ``2019``, or ``2004–2014`` where a source leaves open which of them,
        earliest first, and last the empty one for what no source dates; empty where the thing has no members.
    """
    found: dict[str, dict[str, tuple[Node, list[Described]]]] = {}
    for section in page.sections:
        for statement in section.statements:
            if str(CD.Membership) not in statement.kinds:
                continue
            began = statement.one("cd:startsOn")
            first, last = (began.text(name)[:4] if began else "" for name in ("cd:earliestDay", "cd:latestDay"))
            when = first if first == last else f"{first}–{last}"
            for member in statement.all("cd:hasMember"):
                if member.value != page.thing.iri:
                    found.setdefault(when, {}).setdefault(member.value, (member, []))[1].append(statement)
    return [
        (when, sorted(members.values(), key=lambda entry: (entry[0].labels.get("en", ""), entry[0].value)))
        for when, members in sorted(found.items(), key=lambda entry: entry[0] or "9999")
    ]


def tone(status: str) -> str:
    """Return what a status means for a reader: ``done``, ``open`` (not done yet), ``ended`` or ``said``.

    Example:
        >>> tone("signed"), tone("proposed"), tone("reported")
        ('done', 'open', 'said')
    """
    return _TONE_OF.get(status, "said")


def other_parties(statement: Described, iri: str) -> list[Node]:
    """Return the parties of a tie or agreement other than the thing whose page it is."""
    return [node for node in statement.all("cd:hasParty") if node.value != iri]


def references(statements: Iterable[Described]) -> dict[str, tuple[int, Node]]:
    """Return the sources of statements whose evidence has no quotation, numbered by how many rest on each.

    Hundreds of ties rest on a few lists: a table names each list once, and has its number in the rows.
    """
    found: dict[str, tuple[int, Node]] = {}
    for statement in statements:
        for source in sources_of(statement):
            found[source.value] = (found.get(source.value, (0, source))[0] + 1, source)
    ordered = sorted(found.values(), key=lambda entry: (-entry[0], entry[1].value))
    return {node.value: (number, node) for number, (_, node) in enumerate(ordered, 1)}


def sources_of(statement: Described) -> list[Node]:
    """Return the sources of a statement, each once; none where a quotation stands for them."""
    if any(proof.one("oa:hasSelector") for proof in statement.evidence):
        return []
    return list({node.value: node for proof in statement.evidence for node in proof.all("oa:hasSource")}.values())


def rivals(thing: Thing) -> dict[str, list[str]]:
    """Return, for a thing and each statement about it that another contradicts, those others; it goes both ways."""
    found: dict[str, list[str]] = {}
    contradicts = str(CD.contradicts)
    pairs = [(s.iri, node.value) for s in (thing, *thing.statements) for node in s.properties.get(contradicts, ())]
    pairs += [(node.value, thing.iri) for node in thing.incoming.get(contradicts, ())]
    for one, other in pairs:
        for here, there in ((one, other), (other, one)):
            if there not in found.setdefault(here, []):
                found[here].append(there)
    return found
