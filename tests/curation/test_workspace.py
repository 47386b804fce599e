"""Files as named graphs, findings at their lines, and what the build computes, on a small graph of its own."""

import hashlib
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.anchor import anchor
from citydip.curation.checks import check_queries
from citydip.curation.compute import compute
from citydip.curation.layout import Layout, find_layout
from citydip.curation.quotes import check_quotes, check_seals
from citydip.curation.workspace import Workspace, graph_of, open_workspace
from citydip.model.errors import NotFoundError
from citydip.model.settings import Settings
from citydip.model.terms import CD, PREFIXES

HEAD = "".join(
    f"@prefix {p}: <{PREFIXES[p]}> .\n"
    for p in ("calendar", "cd", "city", "date", "evidence", "oa", "quote", "rdfs", "source", "xsd")
)
ARTICLE = "شهردار قزوين گفت: شهر قزوين ميزبان است. شهردار قزوين رفت.\n"


def silent(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    for folder in ("ontology", "shapes", "data", "queries/checks", "queries/compute"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "ontology" / "citydip.ttl").write_text("")
    return Layout(tmp_path, tmp_path / "snapshots")


def write(layout: Layout, name: str, text: str) -> None:
    path = layout.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text if name.endswith(".rq") else HEAD + text, encoding="utf-8")


def values(workspace: Workspace, subject: str, name: str) -> list[str]:
    pattern = (ox.NamedNode(PREFIXES["date"] + subject), ox.NamedNode(str(CD[name])), None, None)
    return sorted(
        q.object.value for q in workspace.store.quads_for_pattern(*pattern) if isinstance(q.object, ox.Literal)
    )


def test_the_graph_of_a_file_follows_from_its_path(layout: Layout) -> None:
    base = "https://w3id.org/citydip/graph/"
    assert graph_of(layout, layout.root / "data/articles/x.ttl") == base + "articles/x"
    assert graph_of(layout, layout.root / "data/manifest.ttl") == base + "manifest"
    assert graph_of(layout, layout.root / "ontology/citydip.ttl") == base + "ontology/citydip"


def test_the_files_of_an_imported_data_set_are_one_graph(layout: Layout) -> None:
    base = "https://w3id.org/citydip/graph/"
    for name in ("ir", "it-1", "it-2"):
        assert graph_of(layout, layout.root / f"data/world/cities/{name}.ttl") == base + "world/cities"
    assert graph_of(layout, layout.root / "data/world/sources.ttl") == base + "world/sources"


def test_each_file_that_cannot_be_parsed_is_a_finding_with_its_line(layout: Layout) -> None:
    write(layout, "data/good.ttl", "city:a a cd:City .\n")
    write(layout, "data/bad.ttl", "city:a a cd:City \ncity:b a cd:City .\n")
    workspace = open_workspace(layout)
    (finding,) = workspace.findings
    assert (finding.file, finding.line) == ("data/bad.ttl", len(HEAD.splitlines()) + 2)
    assert finding.text is not None
    assert "city:b a cd:City ." in finding.text
    assert len(workspace.store) == 1


def test_blank_nodes_of_lists_are_named_the_same_in_every_run(layout: Layout) -> None:
    write(layout, "data/x.ttl", "city:a cd:members ( city:b city:c ) .\n")
    first, second = (sorted(map(str, open_workspace(layout).store)) for _ in range(2))
    assert first == second


def test_a_folder_without_a_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="CITYDIP_ROOT"):
        find_layout(Settings(root=str(tmp_path)))


def test_dates_get_bounds_words_and_weekdays(layout: Layout) -> None:
    write(
        layout,
        "data/x.ttl",
        """date:published a cd:Date ; cd:hasCalendar calendar:solar-hijri ; cd:expression "1395-10-14T11:13" ;
             cd:statedWeekday "Tuesday" ; cd:statedGregorian "2017-01-03"^^xsd:date .
           date:last-year a cd:Date ; cd:hasCalendar calendar:solar-hijri ;
             cd:relativeTo date:published ; cd:offset "-1 year" .
           date:unknown a cd:Date ; cd:hasCalendar calendar:gregorian ; cd:expression "../.." .\n""",
    )
    workspace = open_workspace(layout)
    _, findings = compute(workspace, silent)
    assert findings == []
    assert (
        values(workspace, "published", "earliestDay") == values(workspace, "published", "latestDay") == ["2017-01-03"]
    )
    assert values(workspace, "published", "weekday") == ["Tuesday", "سه‌شنبه"]
    assert values(workspace, "published", "solarHijriValue") == ["1395-10-14"]
    assert values(workspace, "last-year", "earliestDay") == ["2015-03-21"]
    assert values(workspace, "last-year", "solarHijriText") == [
        "Saturday 1 Farvardin 1394 to Saturday 29 Esfand 1394",
        "از شنبه ۱ فروردین ۱۳۹۴ تا شنبه ۲۹ اسفند ۱۳۹۴",
    ]
    assert values(workspace, "unknown", "earliestDay") == []
    assert values(workspace, "unknown", "gregorianText") == ["date unknown", "تاریخ نامعلوم"]


@pytest.mark.parametrize(
    ("date", "message"),
    [
        (
            'cd:expression "1395-10-14" ; cd:statedGregorian "2017-01-04"^^xsd:date',
            "lies outside 2017-01-03 to 2017-01-03",
        ),
        ('cd:expression "1395-10-14" ; cd:statedWeekday "Sunday"', "is a Tuesday, not a Sunday"),
        ('cd:expression "1395" ; cd:statedWeekday "Sunday"', "not one day"),
        ('cd:expression "1395-13"', "there is no day"),
        ('cd:relativeTo date:x ; cd:offset "-1 year"', "counted from itself"),
        ('cd:relativeTo date:x ; cd:offset "last year"', "counted from itself|an offset is written like"),
        ('cd:relativeTo city:a ; cd:offset "-1 year"', "something that is no date"),
        ("rdfs:label 'x'", "neither an expression nor an anchor"),
    ],
)
def test_a_date_that_disagrees_with_itself_is_a_finding(layout: Layout, date: str, message: str) -> None:
    write(layout, "data/x.ttl", f"date:x a cd:Date ; cd:hasCalendar calendar:solar-hijri ; {date} .\n")
    _, (finding,) = compute(open_workspace(layout), silent)
    assert finding.file == "data/x.ttl"
    assert finding.line == len(HEAD.splitlines()) + 1
    assert re.search(message, finding.message)


def test_rules_run_in_their_order_each_into_its_own_graph(layout: Layout) -> None:
    write(layout, "data/x.ttl", "city:a cd:locatedIn city:b .\n")
    write(layout, "queries/compute/first.rq", "#+ title: One\nCONSTRUCT { ?b cd:contains ?a } { ?a cd:locatedIn ?b }")
    write(layout, "queries/compute/again.rq", "#+ order: 2\nCONSTRUCT { ?b cd:about ?a } { ?b cd:contains ?a }")
    workspace = open_workspace(layout)
    computed, findings = compute(workspace, silent)
    assert findings == []
    assert [(c.rule, c.count) for c in computed] == [("dates", 0), ("first", 1), ("again", 1)]
    graphs = {g.value.rsplit("/", 1)[1] for g in workspace.store.named_graphs() if isinstance(g, ox.NamedNode)}
    assert graphs == {"x", "first", "again"}


@pytest.mark.parametrize(("text", "message"), [("CONSTRUCT {", "expected"), ("SELECT * {}", "must be a CONSTRUCT")])
def test_a_rule_that_cannot_run_is_a_finding(layout: Layout, text: str, message: str) -> None:
    write(layout, "queries/compute/bad.rq", text)
    _, (finding,) = compute(open_workspace(layout), silent)
    assert finding.file == "queries/compute/bad.rq"
    assert message in finding.message


def test_each_row_of_a_check_is_a_finding_at_its_line(layout: Layout) -> None:
    write(layout, "data/x.ttl", "city:a\n    a cd:City ;\n    cd:population -99 ;\n    .\n")
    check = (
        "#+ message: {focus} has {number} people\n#+ fix: count again\n"
        "SELECT ?focus ?predicate ?number"
        " { BIND(cd:population AS ?predicate) ?focus ?predicate ?number FILTER(?number < 0) }"
    )
    write(layout, "queries/checks/negative.rq", check)
    (finding,) = check_queries(open_workspace(layout))
    assert finding.message == "city:a has -99 people"
    assert finding.place == f"data/x.ttl:{len(HEAD.splitlines()) + 3}"
    assert finding.text == "cd:population -99 ;"


@pytest.mark.parametrize(
    "text", ["SELECT ?focus {}", "#+ message: x\n#+ fix: y\nSELECT {", "#+ message: x\n#+ fix: y\nASK {}"]
)
def test_a_check_that_cannot_run_is_a_finding(layout: Layout, text: str) -> None:
    write(layout, "queries/checks/bad.rq", text)
    (finding,) = check_queries(open_workspace(layout))
    assert finding.file == "queries/checks/bad.rq"


def quoted(layout: Layout, exact: str, more: str = "") -> Path:
    """Write an article and one quotation of it; return the folder of articles."""
    articles = layout.root / "articles"
    articles.mkdir(exist_ok=True)
    (articles / "x.txt").write_text(ARTICLE, encoding="utf-8")
    digest = hashlib.sha256(ARTICLE.encode()).hexdigest()
    write(
        layout,
        "data/x.ttl",
        f"""source:x a cd:Source ; cd:textFile "x.txt" ; cd:textDigest "{digest}" .
            evidence:x a cd:Evidence ; oa:hasSource source:x ; oa:hasSelector quote:x .
            quote:x a oa:TextQuoteSelector ; oa:exact "{exact}" {more} .\n""",
    )
    return articles


def anchored(layout: Layout, articles: Path) -> None:
    changed, findings = anchor(open_workspace(layout), articles)
    assert findings == []
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8")


def test_an_anchored_quote_has_its_position_and_seal_and_passes(layout: Layout) -> None:
    articles = quoted(layout, "شهر قزوين ميزبان است")
    (finding,) = check_seals(open_workspace(layout))
    assert "citydip anchor" in finding.fix
    anchored(layout, articles)
    workspace = open_workspace(layout)
    assert list(check_seals(workspace)) == []
    assert list(check_quotes(workspace, articles)) == []
    text = (layout.root / "data/x.ttl").read_text()
    start = ARTICLE.index("شهر قزوين ميزبان")
    assert f'oa:start "{start}"^^xsd:nonNegativeInteger' in text
    assert anchor(workspace, articles) == ({}, [])


@pytest.mark.parametrize("exact", ["شهر قزوین میزبان است", "شهر قزوين مهمان است"])
def test_a_quote_in_another_spelling_cannot_be_anchored(layout: Layout, exact: str) -> None:
    articles = quoted(layout, exact)
    changed, (finding,) = anchor(open_workspace(layout), articles)
    assert changed == {}
    assert "does not stand in the article" in finding.message
    assert finding.file == "data/x.ttl"


def test_a_quote_that_stands_twice_needs_a_prefix_or_a_position(layout: Layout) -> None:
    articles = quoted(layout, "شهردار قزوين")
    _, (finding,) = anchor(open_workspace(layout), articles)
    assert "several places" in finding.message
    articles = quoted(layout, "شهردار قزوين", '; oa:prefix "است. "')
    anchored(layout, articles)
    second = ARTICLE.rindex("شهردار قزوين")
    assert f'"{second}"' in (layout.root / "data/x.ttl").read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ميزبان", "مهمانا", "was changed after"),
        ("ميزبان", "میزبان", "was changed after"),
        ("ميزبان است", "ميزبان", "characters, its position has"),
        ("oa:start", "oa:begin", "no position and seal"),
        ('oa:start "1', 'oa:start "2', "its position has"),
    ],
)
def test_a_quote_that_was_changed_shows_without_the_article(layout: Layout, old: str, new: str, message: str) -> None:
    anchored(layout, quoted(layout, "شهر قزوين ميزبان است"))
    path = layout.root / "data/x.ttl"
    path.write_text(path.read_text().replace(old, new, 1))
    (finding,) = check_seals(open_workspace(layout))
    assert message in finding.message
    assert finding.file == "data/x.ttl"
    assert finding.line is not None


def test_a_quote_is_compared_with_the_article_at_its_place(layout: Layout) -> None:
    articles = quoted(layout, "شهر قزوين")
    anchored(layout, articles)
    path = layout.root / "data/x.ttl"
    path.write_text(path.read_text().replace("شهر قزوين", "شهر زنجان"))
    (finding,) = check_quotes(open_workspace(layout), articles)
    assert "the article reads «شهر قزوين»" in finding.message
    assert finding.line == path.read_text().splitlines().index('    oa:exact "شهر زنجان" ;') + 1


def test_another_text_than_the_curated_one_is_a_finding(layout: Layout) -> None:
    articles = quoted(layout, "شهر قزوين")
    anchored(layout, articles)
    (articles / "x.txt").write_text(ARTICLE + "!")
    changed, (refused,) = anchor(open_workspace(layout), articles)
    assert changed == {}
    assert "SHA-256" in refused.message
    (finding,) = check_quotes(open_workspace(layout), articles)
    assert "SHA-256" in finding.message
    (articles / "x.txt").unlink()
    (finding,) = check_quotes(open_workspace(layout), articles)
    assert "there is no x.txt" in finding.message
