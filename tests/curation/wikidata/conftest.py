"""A small graph of six cities, and the double of Wikidata that knows their items."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from citydip.curation.importers.wikidata.asking import Manners, Service
from citydip.curation.importers.wikidata.pages import Pages
from citydip.curation.importers.wikidata.refresh import Wanted, refresh
from citydip.curation.importers.wikidata.report import RefreshReport
from citydip.curation.layout import Layout
from tests.conftest import ROOT
from tests.curation.wikidata.double import SOME, At, Double, Item, Statement, Url, running_double

DAY = "2026-11-22"
CONTACT = "tests@example.org"

CITIES = """# Six cities.

@prefix cd: <https://w3id.org/citydip/ontology#> .
@prefix city: <https://w3id.org/citydip/id/city/> .
@prefix country: <https://w3id.org/citydip/id/country/> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix mapping: <https://w3id.org/citydip/id/mapping/> .
@prefix organization: <https://w3id.org/citydip/id/organization/> .
@prefix person: <https://w3id.org/citydip/id/person/> .
@prefix post: <https://w3id.org/citydip/id/post/> .
@prefix post-kind: <https://w3id.org/citydip/id/post-kind/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix semapv: <https://w3id.org/semapv/vocab/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sssom: <https://w3id.org/sssom/> .
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

organization:metropolis a cd:CityNetwork ; rdfs:label "Metropolis"@en , "متروپلیس"@fa .
organization:c40 a cd:CityNetwork ; rdfs:label "C40 Cities"@en , "شهرهای سی‌چهل"@fa .
person:alireza-zakani a cd:Person ; rdfs:label "Alireza Zakani"@en , "علیرضا زاکانی"@fa .
post:mayor-of-tehran a cd:Post ; cd:hasPostKind post-kind:mayor ; cd:postFor city:tehran ;
    rdfs:label "Mayor of Tehran"@en , "شهردار تهران"@fa .
country:iran a cd:Country ; cd:isoCode "IR" ; rdfs:label "Iran"@en , "ایران"@fa .
country:united-kingdom a cd:Country ; cd:isoCode "GB" ; rdfs:label "United Kingdom"@en , "بریتانیا"@fa .
country:cuba a cd:Country ; cd:isoCode "CU" ; rdfs:label "Cuba"@en , "کوبا"@fa .
"""
KNOWN = (
    ("tehran", "112931", "Q3616", "iran", "Tehran", "تهران", "51.42151 35.69439"),
    ("isfahan", "418863", "Q42053", "iran", "Isfahan", "اصفهان", "51.67462 32.65246"),
    ("shiraz", "115019", "Q6397066", "iran", "Shiraz", "شیراز", "52.53113 29.61031"),
    ("london", "2643743", "Q84", "united-kingdom", "London", "لندن", "-0.12574 51.50853"),
    ("havana", "3553478", "Q1563", "cuba", "Havana", "هاوانا", "-82.38304 23.13302"),
    ("havering-2647216", "2647216", "Q999001", "united-kingdom", "Havering", "", "0.18 51.6"),
)


def _city(slug: str, number: str, item: str, country: str, english: str, persian: str, point: str) -> str:
    note = 'skos:editorialNote "No Persian name."@en , "بی نام فارسی."@fa'
    named = f'rdfs:label "{persian}"@fa' if persian else note
    return f"""
city:{slug} a cd:City ; rdfs:label "{english}"@en ; {named} ; cd:geonamesIdentifier "{number}" ;
    cd:locatedIn country:{country} ; geo:asWKT "POINT({point})"^^geo:wktLiteral .
mapping:{number}-wikidata a sssom:Mapping ; sssom:author_label "tests" ; sssom:mapping_date "{DAY}"^^xsd:date ;
    sssom:mapping_justification semapv:ManualMappingCuration ; sssom:object_id wd:{item} ;
    sssom:predicate_id skos:exactMatch ; sssom:subject_id city:{slug} .
"""


METROPOLIS = """
mapping:metropolis-wikidata a sssom:Mapping ; sssom:author_label "tests" ; sssom:mapping_date "2026-11-22"^^xsd:date ;
    sssom:mapping_justification semapv:ManualMappingCuration ; sssom:object_id wd:Q999100 ;
    sssom:predicate_id skos:exactMatch ; sssom:subject_id organization:metropolis .
"""

_PAGE = (("P854", Url("https://example.org/sister-cities")), ("P813", At("2019-05-01")))
_STATED = (("P248", "Q999200"),)


def items() -> dict[str, Item]:
    """Return what Wikidata knows: each kind of statement, and what can be wrong with one."""
    return {
        "Q3616": Item(
            {"en": "Tehran", "fa": "تهران", "ar": "طهران", "de": "Teheran"},
            [
                Statement("P17", "Q794", "c1"),
                # With dates on one side, and a page.
                Statement("P190", "Q84", "t1", qualifiers=[("P580", At("1993-05-00", 10))], references=[_PAGE]),
                Statement("P190", "Q1563", "t2", references=[_PAGE, _STATED]),
                Statement("P190", "Q42053", "t3", "Deprecated"),
                Statement("P190", "Q999300", "t4"),
                Statement("P190", SOME, "t5"),
                Statement("P463", "Q999100", "m1", qualifiers=[("P580", At("1999-00-00", 9)), ("P582", SOME)]),
                Statement("P6", "Q999400", "h1", "Preferred", [("P580", At("2021-09-02"))]),
                Statement(
                    "P6", "Q999401", "h2", qualifiers=[("P580", At("2005-00-00", 9)), ("P582", At("2017-00-00", 9))]
                ),
                Statement("P1313", "Q999500", "o1"),
            ],
            "Point(51.39 35.7)",
        ),
        "Q42053": Item(
            {"en": "Isfahan", "fa": "اصفهان"},
            [
                Statement("P17", "Q794", "c1"),
                Statement("P463", "Q999101", "m1"),
                # Before the Gregorian calendar: a year of the Julian one.
                Statement("P6", "Q999402", "h1", qualifiers=[("P580", At("1500-00-00", 9, is_julian=True))]),
            ],
            "Point(51.67 32.66)",
        ),
        "Q6397066": Item({"en": "Shiraz"}, [Statement("P17", "Q794", "c1")], "Point(54.9 29.61)"),
        "Q84": Item(
            {"en": "London", "fa": "لندن"},
            [
                Statement("P17", "Q145", "c1"),
                Statement("P190", "Q3616", "t1"),
                Statement(
                    "P190", "Q1563", "t2", qualifiers=[("P580", At("1985-00-00", 9)), ("P585", At("1990-00-00", 8))]
                ),
                Statement("P463", "Q999102", "m1", qualifiers=[("P580", At("0044-00-00", 6))]),
            ],
            "Point(-0.1275 51.507)",
        ),
        "Q1563": Item(
            {"en": "Havana", "fa": "هاوانا"},
            [
                Statement("P17", "Q241", "c1"),
                # Another year than London gives.
                Statement("P190", "Q84", "t1", qualifiers=[("P580", At("1986-00-00", 9))]),
            ],
            "Point(-82.38 23.13)",
        ),
        "Q794": Item({"en": "Iran"}, code="IR"),
        "Q145": Item({"en": "United Kingdom"}, code="GB"),
        "Q241": Item({"en": "Cuba"}, code="CU"),
        "Q999100": Item({"en": "Metropolis"}),
        "Q999101": Item({"en": "League of Historical Cities", "fa": "اتحادیهٔ شهرهای تاریخی"}),
        "Q999102": Item({"en": "C40 Cities"}),
        "Q999400": Item(
            {"mul": "Alireza Zakani", "fa": "علیرضا زاکانی"},
            [
                # The same tenure, on the person's own page.
                Statement("P39", "Q999500", "p1", qualifiers=[("P580", At("2021-09-02"))], references=[_PAGE]),
            ],
        ),
        "Q999401": Item({"en": "Mohammad Bagher Ghalibaf", "fa": "محمدباقر قاليباف"}),
        "Q999402": Item({"fa": "بی‌نام لاتین"}),
        "Q999403": Item(
            {"en": "Habib Kashani"},
            [Statement("P39", "Q30185", "p1", qualifiers=[("P642", "Q3616"), ("P585", At("2010-00-00", 7))])],
        ),
        "Q999500": Item({"en": "Mayor of Tehran"}),
    }


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Return a graph with six cities and nothing from Wikidata."""
    root = tmp_path / "graph"
    for folder in ("ontology", "shapes", "queries"):
        shutil.copytree(ROOT / folder, root / folder)
    (root / "data").mkdir()
    text = CITIES + METROPOLIS + "".join(_city(*known) for known in KNOWN)
    (root / "data" / "cities.ttl").write_text(text, encoding="utf-8")
    return Layout(root, tmp_path / "snapshots")


@pytest.fixture
def double() -> Iterator[Double]:
    """Return the service, which knows `items`."""
    with running_double(items()) as service:
        yield service


@dataclass
class Watch:
    """A clock that does not wait: it notes how long it was to wait, and is there."""

    time: float = 0.0
    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        """Return the seconds that have passed."""
        return self.time

    def wall(self) -> float:
        """Return seconds since 1970."""
        return 1_795_000_000.0 + self.time

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.waits.append(seconds)
        self.time += seconds


def run(
    layout: Layout,
    double: Double,
    *,
    manners: Manners | None = None,
    clock: Watch | None = None,
    wanted: Wanted | None = None,
    fresh: bool = False,
) -> RefreshReport:
    """Run a refresh against the double, as the command does."""
    service = Service(
        double.address, CONTACT, manners or Manners(), lambda line: None, clock=clock or Watch(), chance=lambda: 1.0
    )
    with Pages(layout.root.parent / "cache", service, (wanted or Wanted(DAY)).day) as pages:
        if fresh:
            pages.forget()
        return refresh(layout, pages, wanted or Wanted(DAY, page=2), lambda line: None, lambda done, total, what: None)


def world(layout: Layout) -> dict[str, str]:
    """Return the text of every file of the imported data sets, by path."""
    folder = layout.root / "data" / "world"
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}
