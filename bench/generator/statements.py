"""What the made-up sources say: statements with evidence, and the shortcuts that a build would compute from them."""

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from bench.generator.names import make_name
from bench.generator.world import City, World, skewed
from bench.generator.writing import Quads, cd, computed, graph, integer, oa, text, thing

__all__ = ["Teller"]

_AGREEMENT_TYPES = ("sister-city", "friendship-and-cooperation", "memorandum-of-understanding")
_ROLES = ("attendee", "speaker", "guest", "presenter", "host")
_KINDS = ("evaluation", "aim", "description", "recommendation", "history")
_DC = "http://purl.org/dc/terms/"


@dataclass(slots=True)
class _Source:
    """The source that is being written, and the graph of what it says."""

    number: int
    term: str
    graph: str
    published: str
    year: int
    is_list: bool


@dataclass(slots=True)
class _Seen:
    """What later sources may come back to."""

    statements: deque[str] = field(default_factory=lambda: deque(maxlen=500))
    proposals: deque[tuple[City, City]] = field(default_factory=lambda: deque(maxlen=200))
    mayors: dict[int, tuple[str, int]] = field(default_factory=dict)


class Teller:
    """Writes source after source.

    Args:
        quads: where to.
        random: the source of all chance.
        world: what the statements are about.
    """

    def __init__(self, quads: Quads, random: Random, world: World):
        self.quads = quads
        self.random = random
        self.world = world
        self.seen = _Seen()
        self.sources = 0
        self.statements = 0
        self.kinds: list[tuple[Callable[[_Source], None], int]] = [
            (self._agreement, 30),
            (self._tenure, 18),
            (self._membership, 14),
            (self._participation, 20),
            (self._visit, 5),
            (self._status, 5),
            (self._assertion, 8),
        ]

    def tell(self) -> None:
        """Write one source: an article of some dozens of statements, or now and then a list of hundreds."""
        source = self._source()
        methods = [method for method, _ in self.kinds]
        weights = [weight for _, weight in self.kinds]
        for _ in range(400 if source.is_list else 20 + skewed(self.random, 120)):
            method = self._agreement if source.is_list else self.random.choices(methods, weights)[0]
            method(source)

    def _source(self) -> _Source:
        number = self.sources
        self.sources += 1
        year = 2026 - skewed(self.random, 20, 1.5)
        is_list = number % 25 == 7
        term = thing("source", f"s{number}")
        kind = "data-sets" if is_list else "articles"
        where, about = graph(f"{kind}/s{number}"), graph("sources")
        published = self.quads.date(about, self._day(year))
        name = make_name(self.random)
        add = self.quads.add
        self.quads.describe(about, term, (cd("Source"),), f"Report {number} of {name.english}", f"گزارش {name.persian}")
        add(about, term, f"<{_DC}title>", text(f"شهر و جهان: {name.persian}", "fa"))
        add(about, term, cd("hasSourceKind"), thing("source-kind", "data-set" if is_list else "news-article"))
        add(about, term, cd("publishedOn"), published)
        add(about, term, cd("publishedBy"), self.world.media[skewed(self.random, len(self.world.media))])
        add(about, term, cd("textDigest"), text(hashlib.sha256(term.encode()).hexdigest()))
        if number and self.random.random() < 0.25:
            add(about, term, cd("copyOf"), thing("source", f"s{max(0, number - 1 - skewed(self.random, 20))}"))
        manifest = graph("manifest")
        add(manifest, where, f"<{_DC}source>", term)
        add(manifest, where, cd("hasGraphKind"), thing("graph-kind", "data-set" if is_list else "article"))
        return _Source(number, term, where, published, year, is_list)

    def _day(self, year: int) -> str:
        return f"{year}-{self.random.randint(1, 12):02d}-{self.random.randint(1, 28):02d}"

    def _when(self, where: str, year: int) -> str:
        """Return a date of a year: a day, or as a source may have it, the year alone."""
        return self.quads.date(where, str(year) if self.random.random() < 0.25 else self._day(year))

    def _city(self) -> City:
        return self.world.cities[skewed(self.random, len(self.world.cities))]

    def _begin(self, source: _Source, kind: str, class_name: str, english: str, persian: str, status: str) -> str:
        """Write what every statement has, and return it."""
        number = self.statements
        self.statements += 1
        statement = thing(kind, f"x{number}")
        self.quads.describe(source.graph, statement, (cd(class_name),), english, persian)
        self.quads.add(source.graph, statement, cd("hasStatus"), thing("status", status))
        self._evidence(source, statement, f"{kind}-x{number}", english, persian)
        return statement

    def _evidence(self, source: _Source, statement: str, slug: str, english: str, persian: str) -> None:
        add, where, labels = self.quads.add, source.graph, computed("labels-of-evidence")
        evidence = thing("evidence", slug)
        self.quads.describe(
            labels, evidence, (cd("Evidence"), oa("SpecificResource")), f"Evidence: {english}", f"شاهد: {persian}"
        )
        add(where, statement, cd("hasEvidence"), evidence)
        add(where, evidence, oa("hasSource"), source.term)
        draw = self.random.random()
        level = "stated" if draw < 0.8 else "implied" if draw < 0.9 else "hedged" if draw < 0.97 else "disputed"
        add(where, evidence, cd("hasConfidence"), thing("confidence", level))
        if source.is_list:
            return
        if draw < 0.7:
            add(where, evidence, cd("spokenBy"), self._city().post)
        quote, start = thing("quote", slug), self.random.randint(0, 9000)
        self.quads.describe(
            labels,
            quote,
            (oa("TextQuoteSelector"), oa("TextPositionSelector")),
            f"Quotation: {english}",
            f"نقل‌قول: {persian}",
        )
        add(where, evidence, oa("hasSelector"), quote)
        add(where, quote, oa("exact"), text(persian))
        add(where, quote, oa("start"), integer(start))
        add(where, quote, oa("end"), integer(start + len(persian)))
        add(where, quote, cd("quoteSeal"), text(hashlib.sha256(slug.encode()).hexdigest()[:16]))

    def _relate(self, source: _Source, statement: str, name: str, *things: str) -> None:
        """Write what a statement is about by a property, and the computed cd:about."""
        self.quads.add(source.graph, statement, cd(name), *things)
        self.quads.add(computed("about"), statement, cd("about"), *things)

    def _agreement(self, source: _Source) -> None:
        proposals, draw = self.seen.proposals, self.random.random()
        if proposals and draw < 0.05:
            one, other, status = *proposals.popleft(), "signed"
        else:
            one, other = self._city(), self._city()
            status = "signed" if draw < 0.65 else "in-force" if draw < 0.8 else "ended" if draw < 0.85 else "proposed"
        if one is other:
            return
        kinds = _AGREEMENT_TYPES[: 2 if draw > 0.95 else 1] if draw > 0.35 else (_AGREEMENT_TYPES[1 + int(draw * 5)],)
        agreement = self._begin(
            source,
            "agreement",
            "Agreement",
            f"Agreement between {one.name.english} and {other.name.english}",
            f"تفاهم‌نامهٔ {one.name.persian} و {other.name.persian}",
            status,
        )
        self.quads.add(source.graph, agreement, cd("hasAgreementType"), *(thing("agreement-type", k) for k in kinds))
        self._relate(source, agreement, "hasParty", one.term, other.term)
        if status == "proposed":
            proposals.append((one, other))
        else:
            self._sign(source, agreement, (one, other), ended=status == "ended", twins=kinds == ("sister-city",))
        self.seen.statements.append(agreement)

    def _sign(self, source: _Source, agreement: str, parties: tuple[City, City], *, ended: bool, twins: bool) -> None:
        year = source.year - skewed(self.random, 40, 1.7)
        self.quads.add(source.graph, agreement, cd("signedOn"), self._when(source.graph, year))
        if ended:
            end = min(source.year, year + 1 + skewed(self.random, 20))
            self.quads.add(source.graph, agreement, cd("endsOn"), self._when(source.graph, end))
            return
        if self.random.random() < 0.1:
            self._relate(
                source, agreement, "onOccasionOf", self.world.events[skewed(self.random, len(self.world.events))]
            )
        for one, other in (parties, parties[::-1]):
            self.quads.add(computed("tied-with"), one.term, cd("tiedWith"), other.term)
            if twins:
                self.quads.add(computed("twinned-with"), one.term, cd("twinnedWith"), other.term)

    def _tenure(self, source: _Source) -> None:
        city, name = self._city(), make_name(self.random)
        person = thing("person", f"p{self.statements}")
        family = make_name(self.random)
        english, persian = f"{name.english} {family.english}", f"{name.persian} {family.persian}"
        self.quads.describe(graph("register/people"), person, (cd("Person"),), english, persian)
        tenure = self._begin(
            source,
            "tenure",
            "Tenure",
            f"{english} is mayor of {city.name.english}",
            f"{persian} شهردار {city.name.persian} است",
            "in-force",
        )
        self._relate(source, tenure, "hasHolder", person)
        self._relate(source, tenure, "hasPost", city.post)
        _, last = self.seen.mayors.get(city.number, ("", 1985 + skewed(self.random, 40)))
        begin = min(last, source.year)
        add = self.quads.add
        add(source.graph, tenure, cd("startsOn"), self._when(source.graph, begin))
        add(source.graph, tenure, cd("attestedOn"), source.published)
        if self.random.random() < 0.6:
            end = min(2026, begin + 1 + skewed(self.random, 12, 1.0))
            add(source.graph, tenure, cd("endsOn"), self._when(source.graph, end))
            self.seen.mayors[city.number] = (person, end)
        add(computed("holds-post"), person, cd("holdsPost"), city.post)
        add(computed("mayor-of"), person, cd("mayorOf"), city.term)

    def _membership(self, source: _Source) -> None:
        city, network = self._city(), self.world.networks[skewed(self.random, len(self.world.networks))]
        membership = self._begin(
            source,
            "membership",
            "Membership",
            f"{city.name.english} is a member of a network",
            f"{city.name.persian} عضو شبکه است",
            "in-force",
        )
        self._relate(source, membership, "hasMember", city.term)
        self._relate(source, membership, "hasOrganization", network)
        role = "board-member" if self.random.random() < 0.05 else "member"
        self.quads.add(source.graph, membership, cd("hasRole"), thing("role", role))
        year = source.year - skewed(self.random, 25)
        self.quads.add(source.graph, membership, cd("startsOn"), self._when(source.graph, year))
        self.quads.add(computed("member-of"), city.term, cd("memberOf"), network)

    def _participation(self, source: _Source) -> None:
        city, event = self._city(), self.world.events[skewed(self.random, len(self.world.events))]
        draw = self.random.random()
        who = city.term if draw < 0.4 else city.municipality if draw < 0.6 else city.post
        participation = self._begin(
            source,
            "participation",
            "Participation",
            f"{city.name.english} takes part in an event",
            f"{city.name.persian} در رویداد شرکت می‌کند",
            "held" if draw > 0.2 else "planned",
        )
        self._relate(source, participation, "hasParticipant", who)
        self._relate(source, participation, "hasMatter", event)
        role = _ROLES[skewed(self.random, len(_ROLES))]
        self.quads.add(source.graph, participation, cd("hasRole"), thing("role", role))
        self.quads.add(source.graph, participation, cd("datedOn"), self._when(source.graph, source.year))
        if draw > 0.2:
            self.quads.add(computed("participated-in"), who, cd("participatedIn"), event)
        if role == "host":
            self.quads.add(computed("hosts"), city.term, cd("hosts"), event)

    def _visit(self, source: _Source) -> None:
        guest, host = self._city(), self._city()
        visit = self._begin(
            source,
            "visit",
            "Visit",
            f"The mayor of {guest.name.english} visits {host.name.english}",
            f"شهردار {guest.name.persian} به {host.name.persian} می‌رود",
            "held",
        )
        self._relate(source, visit, "hasVisitor", guest.post)
        self._relate(source, visit, "atPlace", host.term)
        self.quads.add(source.graph, visit, cd("datedOn"), self._when(source.graph, source.year))

    def _status(self, source: _Source) -> None:
        """Write what a source says of a matter that an earlier one has told of, or one more evidence of it."""
        if not self.seen.statements:
            return
        matter = self.random.choice(self.seen.statements)
        if self.random.random() < 0.5:
            self._evidence(source, matter, f"again-{source.number}-{self.statements}", "said again", "دوباره گفته شد")
            self.statements += 1
            return
        record = self._begin(
            source, "status-record", "StatusRecord", "The agreement stands", "تفاهم‌نامه پابرجاست", "in-force"
        )
        self._relate(source, record, "statusOf", matter)
        self.quads.add(source.graph, record, cd("attestedOn"), source.published)

    def _assertion(self, source: _Source) -> None:
        city, kind = self._city(), _KINDS[skewed(self.random, len(_KINDS))]
        assertion = self._begin(
            source,
            "assertion",
            "Assertion",
            f"{city.name.english} is among the most active cities",
            f"{city.name.persian} از فعال‌ترین شهرهاست",
            "stated",
        )
        self._relate(source, assertion, "hasSubject", city.term)
        self.quads.add(source.graph, assertion, cd("hasAssertionKind"), thing("assertion-kind", kind))
        if self.seen.statements and self.random.random() < 0.2:
            self.quads.add(source.graph, assertion, cd("contradicts"), self.random.choice(self.seen.statements))
        self.seen.statements.append(assertion)
