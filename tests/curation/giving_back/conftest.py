"""A small graph with every reason to give something back or to keep it, and its Wikidata view."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.giving_back.ours import Ours, read_ours
from citydip.curation.layout import Layout
from citydip.curation.snapshot import Snapshot
from citydip.curation.wikidata_view import write_view
from citydip.model.terms import PREFIXES
from tests.conftest import ROOT

THINGS = """
cd:City rdfs:subClassOf cd:Actor . cd:Person rdfs:subClassOf cd:Actor .
cd:CityNetwork rdfs:subClassOf cd:Organization . cd:Organization rdfs:subClassOf cd:Actor .
city:a a cd:City ; cd:wikidataIdentifier "Q1" ; rdfs:label "A"@en .
city:b a cd:City ; cd:wikidataIdentifier "Q2" ; rdfs:label "B"@en .
city:c a cd:City ; cd:wikidataIdentifier "Q3" ; rdfs:label "C"@en .
city:d a cd:City ; cd:wikidataIdentifier "Q4" ; rdfs:label "D"@en .
city:close a cd:City ; rdfs:label "Close"@en .
city:taken a cd:City ; cd:wikidataIdentifier "Q8" ; rdfs:label "Taken"@en .
person:p a cd:Person ; cd:wikidataIdentifier "Q5" ; rdfs:label "P"@en .
person:listed a cd:Person ; cd:wikidataIdentifier "Q55" ; rdfs:label "Listed"@en .
organization:n a cd:CityNetwork ; cd:wikidataIdentifier "Q6" ; rdfs:label "N"@en .
organization:press a cd:Organization ; rdfs:label "Press"@en .
post:mayor-of-a a cd:Post ; cd:hasPostKind post-kind:mayor ; cd:postFor city:a .
"""
EXACT = {
    "city:a": "Q1",
    "city:b": "Q2",
    "city:c": "Q3",
    "city:d": "Q4",
    "person:p": "Q5",
    "organization:n": "Q6",
    "organization:press": "Q7",
}


def mapping(thing: str, item: str, kind: str = "exact") -> str:
    """Return the mapping of a thing to an item."""
    return f"""
mapping:{thing.replace(":", "-")} a sssom:Mapping ; sssom:subject_id {thing} ; sssom:predicate_id skos:{kind}Match ;
  sssom:object_id wd:{item} ; sssom:mapping_justification semapv:ManualMappingCuration ;
  sssom:author_label "tests" ; sssom:mapping_date "2026-11-22"^^xsd:date .
"""


MAPPINGS = (
    "".join(mapping(thing, item) for thing, item in EXACT.items())
    + mapping("city:taken", "Q8")
    + mapping("organization:also-taken", "Q8")
    + mapping("city:close", "Q9", "close")
)


def source(name: str, address: str, more: str = "") -> str:
    """Return a source that is a web page, and the evidence that names it."""
    seen = f"rdfs:seeAlso <{address}> ;" if address else ""
    return f"""
source:{name} a cd:Source ; {seen} {more} cd:hasSourceKind source-kind:web-page .
evidence:{name} a cd:Evidence ; oa:hasSource source:{name} ; cd:hasConfidence confidence:stated .
"""


SOURCES = (
    source(
        "page",
        "http://x.ir/news/1",
        'dcterms:title "Two \\"sisters\\""@en ; cd:publishedOn date:day ; cd:publishedBy organization:press ; '
        "schema:archivedAt <https://web.archive.org/web/2018/http://x.ir/news/1> ;",
    )
    + "evidence:page dcterms:date '2018-05-25'^^xsd:date ."
    + source("other", "http://y.ir/2", 'dcterms:title "News | Site"@en ;')
    + source("wiki", "https://fa.m.wikipedia.org/wiki/A")
    + source("copied", "http://z.ir/3", "cd:copyOf source:wiki ;")
    + source("archived-wiki", "https://web.archive.org/web/2018/https://en.wikipedia.org/wiki/A")
    + source("site", "http://n.org/")
    + source("paper", "")
    + source("list", "http://list.org/1").replace("source-kind:web-page", "source-kind:data-set")
    + source("hedged", "http://h.ir/4").replace("confidence:stated", "confidence:hedged")
)
DATES = """
date:day cd:earliestDay "2016-09-23"^^xsd:date ; cd:latestDay "2016-09-23"^^xsd:date ; cd:expression "1395-07-02" .
date:year cd:earliestDay "2010-01-01"^^xsd:date ; cd:latestDay "2010-12-31"^^xsd:date ; cd:expression "2010" .
date:later cd:earliestDay "2014-01-01"^^xsd:date ; cd:latestDay "2014-12-31"^^xsd:date ; cd:expression "2014" .
date:hijri cd:earliestDay "2013-03-21"^^xsd:date ; cd:latestDay "2014-03-20"^^xsd:date ; cd:expression "1392" .
"""


def tie(name: str, parties: str, status: str, evidence: str, more: str = "") -> str:
    """Return an agreement of sister cities."""
    return f"""
agreement:{name} a cd:Agreement ; cd:hasAgreementType agreement-type:sister-city ; cd:hasStatus status:{status} ;
  cd:hasParty {parties} ; {more} cd:hasEvidence {evidence} .
"""


TIES = (
    tie("a-b", "city:a , city:b", "signed", "evidence:page , evidence:other , evidence:wiki", "cd:signedOn date:day ;")
    + tie("a-c", "city:a , city:c", "in-force", "evidence:other", "cd:startsOn date:hijri ;")
    + tie("b-c", "city:b , city:c", "ended", "evidence:other", "cd:startsOn date:year ; cd:endsOn date:later ;")
    + tie("a-d", "city:a , city:d", "ended", "evidence:other")
    + tie("b-d", "city:b , city:d", "proposed", "evidence:other")
    + tie("a-close", "city:a , city:close", "signed", "evidence:other")
    + tie("a-taken", "city:a , city:taken", "signed", "evidence:other")
    + "".join(
        tie(f"c-d-{name}", "city:c , city:d", "signed", f"evidence:{name}")
        for name in ("wiki", "copied", "archived-wiki", "site", "paper", "list", "hedged")
    )
    + """
membership:a-n a cd:Membership ; cd:hasStatus status:in-force ;
  cd:hasMember city:a ; cd:hasOrganization organization:n ;
  cd:hasEvidence evidence:other .
membership:b-n a cd:Membership ; cd:hasStatus status:reported ;
  cd:hasMember city:b ; cd:hasOrganization organization:n ;
  cd:hasEvidence evidence:other .
tenure:p a cd:Tenure ; cd:hasStatus status:in-force ; cd:hasPost post:mayor-of-a ; cd:hasHolder person:p ;
  cd:startsOn date:year ; cd:endsOn date:later ; cd:hasEvidence evidence:other .
tenure:listed a cd:Tenure ; cd:hasStatus status:in-force ; cd:hasPost post:mayor-of-a ; cd:hasHolder person:listed ;
  cd:hasEvidence evidence:other .
"""
)
IMPORTED = """
tie:1-2 a cd:Tie ; cd:hasStatus status:attested ; cd:hasParty city:b , city:d ; cd:hasEvidence evidence:other .
"""
KINDS = """
<urn:curated> cd:hasGraphKind graph-kind:page-facts . <urn:imported> cd:hasGraphKind graph-kind:data-set .
"""


def made_snapshot(folder: Path, more: str = "") -> Snapshot:
    """Write the made graph and its view where a snapshot would be, and return it."""
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    store = ox.Store()
    graphs = {"curated": SOURCES + DATES + TIES + more, "imported": IMPORTED, "other": THINGS + MAPPINGS + KINDS}
    for name, text in graphs.items():
        store.load((head + text).encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(f"urn:{name}"))
    store.dump(folder / "graph.nq", format=ox.RdfFormat.N_QUADS)
    write_view(store, sorted((ROOT / "queries" / "wikidata-view").glob("*.rq")), folder / "wikidata.nt")
    return Snapshot(folder, "made", len(store), {})


def layout_of(folder: Path) -> Layout:
    """Return a layout with the queries of the checkout."""
    return Layout(ROOT, folder, imported=False)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Ours:
    """Return what the made graph has to give."""
    folder = tmp_path_factory.mktemp("giving-back")
    return read_ours(layout_of(folder), made_snapshot(folder))
