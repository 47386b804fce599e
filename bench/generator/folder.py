"""A made-up folder to build: cities, ties between them, and mappings, in hundreds of files as importers write them.

    python -m bench.generator.folder 1000000 FOLDER

Ontology, shapes and queries are those of the checkout. The same size and seed give the same files.
"""

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pyoxigraph as ox

from bench.generator.names import make_name
from citydip.curation.formatting import format_triples
from citydip.curation.importers.parts import Parts
from citydip.curation.layout import IMPORTED, find_layout
from citydip.model.settings import Settings
from citydip.model.terms import CD, GRAPH, ID, OA, PREFIXES, SSSOM

__all__ = ["make_folder"]

COUNTRIES = 195
LISTS = 5
_TRIPLES_OF_CITY = 35
_XSD = PREFIXES["xsd"]
_LICENCE = ox.NamedNode("https://creativecommons.org/publicdomain/zero/1.0/")
_HEAD = "Made up, for measuring"


def make_folder(root: Path, size: int, seed: int = 1) -> int:
    """Write a folder that can be checked and built; return how many triples its data has.

    Args:
        root: where to; what is there is replaced.
        size: triples, about.
        seed: of all chance.
    """
    layout = find_layout(Settings())
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("ontology", "shapes", "queries"):
        shutil.copytree(layout.root / folder, root / folder)
    (root / "data").mkdir()
    names = ["cities", "mappings", *(f"ties-{number}" for number in range(LISTS))]
    sets = {name: Parts(_HEAD) for name in names}
    _fill(sets, Random(seed), max(20, size // _TRIPLES_OF_CITY))
    total = 0
    for name, parts in sets.items():
        total += parts.triples()
        parts.write(root / "data" / IMPORTED / name)
        parts.__exit__(None, None, None)
    register = [
        triple for triples in (_countries(), _sources(), *map(_described, _graphs(names))) for triple in triples
    ]
    for file, graph in (("manifest", "/graph/"), ("register", "")):
        chosen = [t for t in register if ("/graph/" in str(t.subject)) == bool(graph)]
        (root / "data" / f"{file}.ttl").write_text(format_triples(chosen, PREFIXES), encoding="utf-8")
        total += len(chosen)
    return total


def _fill(sets: dict[str, Parts], random: Random, count: int) -> None:
    cities = [_id("city", f"c-{number}") for number in range(count)]
    for number, city in enumerate(cities):
        part = _part(number)
        sets["cities"].add(part, _city(random, number, city))
        sets["mappings"].add(part, _mapping(number, city))
        other = int(count * random.random() ** 2)
        if other != number:
            node = _id("tie", f"{number}-{other}")
            reporters = random.sample(range(LISTS), random.choice((1, 1, 2, 3)))
            for reporter in reporters:
                sets[f"ties-{reporter}"].add(
                    part, _tie(node, (number, other), reporter, whole=reporter == reporters[0])
                )


def _part(number: int) -> str:
    country = number % COUNTRIES
    return chr(97 + country // 26) + chr(97 + country % 26)


def _city(random: Random, number: int, city: ox.NamedNode) -> Iterator[ox.Triple]:
    name = make_name(random)
    yield _triple(city, "rdf:type", _cd("City"))
    yield from _labels(city, f"{name.english} {number}", name.persian + " " + _persian(number))
    yield _triple(city, "cd:locatedIn", _id("country", _part(number)))
    yield _triple(city, "cd:population", _typed(str(number * 7 + 500), "integer"))
    yield _triple(city, "cd:geonamesIdentifier", ox.Literal(str(100_000 + number)))
    point = f"POINT({random.uniform(-180, 180):.5f} {random.uniform(-60, 75):.5f})"
    yield _triple(city, "geo:asWKT", ox.Literal(point, datatype=ox.NamedNode(PREFIXES["geo"] + "wktLiteral")))
    yield _triple(city, "skos:altLabel", ox.Literal(make_name(random).english, language="en"))


def _mapping(number: int, city: ox.NamedNode) -> Iterator[ox.Triple]:
    node = _id("mapping", f"c-{number}-wikidata")
    yield _triple(node, "rdf:type", ox.NamedNode(str(SSSOM.Mapping)))
    yield _triple(node, "sssom:subject_id", city)
    yield _triple(node, "sssom:predicate_id", ox.NamedNode(PREFIXES["skos"] + "exactMatch"))
    yield _triple(node, "sssom:object_id", ox.NamedNode(PREFIXES["wd"] + f"Q{1000 + number}"))
    yield _triple(node, "sssom:author_label", ox.Literal("citydip founders"))
    yield _triple(node, "sssom:mapping_date", _typed("2026-11-22", "date"))
    yield _triple(node, "sssom:confidence", _typed("0.9", "decimal"))
    yield _triple(node, "sssom:mapping_justification", ox.NamedNode(PREFIXES["semapv"] + "CompositeMatching"))


def _tie(node: ox.NamedNode, ends: tuple[int, int], reporter: int, *, whole: bool) -> Iterator[ox.Triple]:
    """Yield what one list says of a tie; the first of its lists says it all."""
    evidence = _id("evidence", f"tie-{ends[0]}-{ends[1]}-{reporter}")
    yield _triple(node, "cd:hasEvidence", evidence)
    yield _triple(evidence, "rdf:type", _cd("Evidence"))
    yield _triple(evidence, "rdf:type", ox.NamedNode(str(OA.SpecificResource)))
    yield _triple(evidence, "cd:hasConfidence", _id("confidence", "stated"))
    yield _triple(evidence, "oa:hasSource", _id("source", f"list-{reporter}"))
    if whole:
        yield _triple(node, "rdf:type", _cd("Tie"))
        yield _triple(node, "cd:hasStatus", _id("status", "reported"))
        for end in ends:
            yield _triple(node, "cd:hasParty", _id("city", f"c-{end}"))
        english, persian = f"Cities {ends[0]} and {ends[1]}", f"شهرهای {_persian(ends[0])} و {_persian(ends[1])}"
        yield from _labels(node, english, persian)


def _countries() -> Iterator[ox.Triple]:
    for number in range(COUNTRIES):
        country = _id("country", _part(number))
        yield _triple(country, "rdf:type", _cd("Country"))
        yield _triple(country, "cd:isoCode", ox.Literal(_part(number).upper()))
        yield from _labels(country, f"Country {_part(number)}", "کشور " + _persian(number))


def _sources() -> Iterator[ox.Triple]:
    for number in range(LISTS):
        source = _id("source", f"list-{number}")
        yield _triple(source, "rdf:type", _cd("Source"))
        yield _triple(source, "cd:hasSourceKind", _id("source-kind", "data-set"))
        yield _triple(source, "dcterms:title", ox.Literal(f"List {number}", language="en"))
        yield _triple(source, "dcterms:language", ox.Literal("en"))
        yield _triple(source, "dcterms:license", _LICENCE)
        yield from _labels(source, f"List {number}", "فهرست " + _persian(number))


def _graphs(names: list[str]) -> list[str]:
    """Return the graphs of all files of the folder."""
    layout = find_layout(Settings())
    files = [
        path.relative_to(layout.root)
        for folder in ("ontology", "shapes")
        for path in (layout.root / folder).glob("*.ttl")
    ]
    return ["manifest", "register", *(f"{IMPORTED}/{name}" for name in names), *(str(f.with_suffix("")) for f in files)]


def _described(name: str) -> Iterator[ox.Triple]:
    graph = ox.NamedNode(str(GRAPH[name]))
    for language in ("en", "fa"):
        yield _triple(graph, "dcterms:title", ox.Literal(name, language=language))
    yield _triple(graph, "dcterms:license", _LICENCE)
    yield _triple(graph, "dcterms:creator", ox.Literal("A generator"))
    yield _triple(graph, "cd:hasGraphKind", _id("graph-kind", "register"))


def _triple(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    prefix, _, local = predicate.partition(":")
    return ox.Triple(subject, ox.NamedNode(PREFIXES[prefix] + local), value)


def _labels(node: ox.NamedNode, english: str, persian: str) -> Iterator[ox.Triple]:
    yield _triple(node, "rdfs:label", ox.Literal(english, language="en"))
    yield _triple(node, "rdfs:label", ox.Literal(persian, language="fa"))


def _id(kind: str, slug: str) -> ox.NamedNode:
    return ox.NamedNode(f"{ID}{kind}/{slug}")


def _cd(name: str) -> ox.NamedNode:
    return ox.NamedNode(str(CD[name]))


def _typed(value: str, name: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(_XSD + name))


def _persian(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a made-up folder of Turtle files to build.")
    parser.add_argument("size", type=int, help="triples")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"{make_folder(given.folder, given.size, given.seed)} triples")


if __name__ == "__main__":
    main()
