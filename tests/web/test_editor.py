"""What the SPARQL editor of the SIB asks an endpoint when it opens, and what it makes of the answers.

The queries are those that the editor sends (https://github.com/sib-swiss/sparql-editor, ``metadata.ts``, and
``utils.ts`` of its earlier versions): by GET, with ``ac=1``, from a page of another host, within five seconds, and
without naming a graph. What it reads must therefore be in the default graph.
"""

import httpx
import pytest

from citydip.model.terms import CD, PREFIXES
from citydip.services.catalogue import Catalogue

Row = dict[str, str]

PREFIX_QUERY = """PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace
WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix}
ORDER BY ?prefix"""
EXAMPLE_QUERY = """PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?sq ?comment ?query
WHERE {
  ?sq a sh:SPARQLExecutable ;
    rdfs:comment ?comment ;
    sh:select|sh:ask|sh:construct|sh:describe ?query .
} ORDER BY ?sq"""
VOID_QUERY = """PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh:<http://www.w3.org/ns/shacl#>
PREFIX sd:<http://www.w3.org/ns/sparql-service-description#>
PREFIX void:<http://rdfs.org/ns/void#>
PREFIX void-ext:<http://ldf.fi/void-ext#>
SELECT DISTINCT ?graph ?graphLabel ?subjectClass ?prop ?objectClass ?objectDatatype
?triples ?subjectClassLabel ?objectClassLabel ?subjectClassComment ?objectClassComment ?propLabel ?propComment
WHERE {
  {
    OPTIONAL {
      ?graph sd:graph ?graphDesc .
      OPTIONAL { ?graph rdfs:label ?graphLabel }
      ?graphDesc void:classPartition ?cp .
    }
    ?cp void:class ?subjectClass ;
      void:propertyPartition ?pp .
    OPTIONAL { ?subjectClass rdfs:label ?subjectClassLabel }
    OPTIONAL { ?subjectClass rdfs:comment ?subjectClassComment }
    ?pp void:property ?prop .
    OPTIONAL { ?pp void:triples ?triples }
    OPTIONAL { ?prop rdfs:label ?propLabel }
    OPTIONAL { ?prop rdfs:comment ?propComment }
    OPTIONAL {
      {
        ?pp  void:classPartition [ void:class ?objectClass ] .
        OPTIONAL { ?objectClass rdfs:label ?objectClassLabel }
        OPTIONAL { ?objectClass rdfs:comment ?objectClassComment }
      } UNION {
        ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] .
      }
    }
  } UNION {
    ?linkset void:subjectsTarget [ void:class ?subjectClass ] ;
      void:linkPredicate ?prop ;
      void:objectsTarget [ void:class ?objectClass ] .
  }
} ORDER BY ?subjectClass ?objectClass ?objectDatatype ?graph ?triples"""
EARLIER_VOID_QUERY = """PREFIX up: <http://purl.uniprot.org/core/>
PREFIX void: <http://rdfs.org/ns/void#>
PREFIX void-ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype
WHERE {
  {
    ?cp void:class ?subjectClass ;
        void:propertyPartition ?pp .
    ?pp void:property ?prop .
    OPTIONAL {
        {
            ?pp  void:classPartition [ void:class ?objectClass ] .
        } UNION {
            ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] .
        }
    }
  } UNION {
    ?ls void:subjectsTarget [ void:class ?subjectClass ] ;
        void:linkPredicate ?prop ;
        void:objectsTarget [ void:class ?objectClass ] .
  }
}"""


def ask(server: str, query: str) -> list[Row]:
    """Return the rows of a query, asked as the editor asks."""
    headers = {"Accept": "application/sparql-results+json", "Origin": "https://sib-swiss.github.io"}
    answer = httpx.get(server + "/sparql", params={"ac": "1", "query": query}, headers=headers, timeout=5)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    bindings = answer.json()["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


def test_it_finds_the_prefixes_that_queries_may_use(server: str) -> None:
    assert {row["prefix"]: row["namespace"] for row in ask(server, PREFIX_QUERY)} == PREFIXES


def test_it_finds_each_query_of_the_catalogue_once_by_its_title(server: str, catalogue: Catalogue) -> None:
    rows = ask(server, EXAMPLE_QUERY)
    titles = {row["sq"].removeprefix(PREFIXES["query"]): row["comment"] for row in rows}
    assert len(rows) == len(titles) == len(catalogue)
    assert titles == {query.name: query.title("en") for query in catalogue}
    # The editor puts comments into its page as they are.
    assert not any(sign in title for title in titles.values() for sign in "<>&")


def test_what_it_puts_into_a_tab_can_be_run(server: str) -> None:
    texts = {row["sq"].rpartition("/")[2]: row["query"] for row in ask(server, EXAMPLE_QUERY)}
    answer = httpx.post(server + "/sparql", data={"query": texts["sister-cities-of"]}, headers={"Accept": "text/csv"})
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) > 1


@pytest.mark.parametrize("query", [VOID_QUERY, EARLIER_VOID_QUERY], ids=["now", "earlier"])
def test_it_completes_the_properties_of_a_class_and_knows_what_they_lead_to(server: str, query: str) -> None:
    leads: dict[str, dict[str, set[str]]] = {}
    for row in ask(server, query):
        targets = leads.setdefault(row["subjectClass"], {}).setdefault(row["prop"], set())
        targets |= {row[name] for name in ("objectClass", "objectDatatype") if name in row}
    agreement = leads[str(CD.Agreement)]
    assert str(CD.City) in agreement[str(CD.hasParty)]
    assert agreement[PREFIXES["rdfs"] + "label"] == {PREFIXES["rdf"] + "langString"}
    assert leads[str(CD.Date)][str(CD.earliestDay)] == {PREFIXES["xsd"] + "date"}
    assert str(CD.hasParty) not in leads[str(CD.City)]


def test_its_overview_has_numbers_and_labels_and_no_graph_by_mistake(server: str) -> None:
    rows = [row for row in ask(server, VOID_QUERY) if row["subjectClass"] == str(CD.Agreement)]
    assert {row["subjectClassLabel"] for row in rows} == {"agreement", "توافق‌نامه"}
    assert all(int(row["triples"]) > 0 for row in rows)
    assert not any("graph" in row for row in rows)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_whoever_asks_for_it_finds_titles_and_summaries_in_both_languages(
    server: str, catalogue: Catalogue, language: str
) -> None:
    query = f"""SELECT ?query ?title ?summary {{
        ?query a sh:SPARQLExecutable ; dcterms:title ?title ; dcterms:description ?summary ; sh:prefixes ?prefixes .
        ?prefixes sh:declare/sh:prefix "cd" .
        FILTER (LANG(?title) = "{language}" && LANG(?summary) = "{language}") }}"""
    found = {row["query"].rpartition("/")[2]: (row["title"], row["summary"]) for row in ask(server, query)}
    assert found == {q.name: (q.title(language), q.summary(language)) for q in catalogue}
