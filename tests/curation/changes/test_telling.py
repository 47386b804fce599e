"""What changed between two small graphs, told in the words of people."""

from pathlib import Path

import pytest

from citydip.curation.changes.keeping import keep_changes, kept_path, open_changes
from tests.curation.changes.made import KNOWN, compared, quads_of, snapshot_of, told

SECOND = 'tie:b a cd:Tie ; rdfs:label "Tie of Rasht and Trabzon"@en ; cd:hasStatus status:in-force .'


def test_nothing_changed(tmp_path: Path) -> None:
    with compared(tmp_path, quads_of(KNOWN), quads_of(KNOWN)) as changes:
        assert (changes.total, changes.counts, list(changes.page(every=True))) == (0, [], [])


def test_a_tie_is_added(tmp_path: Path) -> None:
    found = told(tmp_path, KNOWN, KNOWN + SECOND + " tie:b cd:hasEvidence evidence:list .")
    assert set(found) == {"b"}
    assert (found["b"].kind, found["b"].aspects) == ("added", ())
    assert found["b"].sentences == {
        "en": "New tie: “Tie of Rasht and Trabzon”, status “in force” (source: A list).",
        "fa": "پیوند تازه: «Tie of Rasht and Trabzon»، وضعیت «برقرار» (منبع: یک فهرست).",
    }
    assert found["b"].sources == ("https://w3id.org/citydip/id/source/list",)


def test_a_tie_is_removed(tmp_path: Path) -> None:
    found = told(tmp_path, KNOWN + SECOND, KNOWN)
    assert {name: change.kind for name, change in found.items()} == {"b": "removed"}
    assert found["b"].sentences["en"].startswith("Removed tie: “Tie of Rasht and Trabzon”, status “in force” (")
    assert (found["b"].added, found["b"].removed.count("\n")) == ("", 3)


def test_a_tie_is_suspended(tmp_path: Path) -> None:
    new = KNOWN.replace("cd:hasStatus status:in-force", "cd:hasStatus status:suspended")
    change = told(tmp_path, KNOWN, new)["a"]
    assert (change.kind, change.aspects) == ("changed", ("status",))
    assert change.sentences == {
        "en": "Tie “Tie of Hamburg and Rasht”: status changed from “in force” to “suspended” (source: A list).",
        "fa": "پیوند «پیوند هامبورگ و رشت»: وضعیت از «برقرار» به «معلق» تغییر کرد (منبع: یک فهرست).",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cd:hasStatus status:in-force", "cd:hasStatus status:ended"),
        ("cd:hasStatus status:in-force", "cd:hasStatus status:in-force ; cd:endsOn date:end"),
    ],
)
def test_a_tie_has_ended(tmp_path: Path, old: str, new: str) -> None:
    assert told(tmp_path, KNOWN, KNOWN.replace(old, new))["a"].aspects[0] == "ended"


def test_a_status_record_tells_of_its_matter(tmp_path: Path) -> None:
    record = """status-record:x a cd:StatusRecord ; rdfs:label "It sleeps"@en ;
        cd:statusOf tie:a ; cd:hasStatus status:suspended ."""
    sentence = told(tmp_path, KNOWN, KNOWN + record)["x"].sentences["en"]
    assert sentence.startswith("Status of “Tie of Hamburg and Rasht” told as “suspended”: “It sleeps” (source: ")


def test_parties_dates_and_sources_are_told_apart(tmp_path: Path) -> None:
    more = """tie:a cd:hasParty city:oslo ; cd:startsOn date:x ; cd:hasEvidence evidence:other .
        evidence:other a cd:Evidence ; oa:hasSource source:other . source:other rdfs:label "A newspaper"@en .
        date:x a cd:Date ; rdfs:label "1 May 1990"@en . city:oslo a cd:City ; rdfs:label "Oslo"@en ."""
    change = told(tmp_path, KNOWN, KNOWN + more)["a"]
    assert change.aspects == ("dates", "parties", "evidence")
    assert change.sentences["en"] == (
        "Tie “Tie of Hamburg and Rasht”: new start: “1 May 1990”; new party: “Oslo”;"
        " new source: “A newspaper” (source: A newspaper)."
    )


def test_a_date_that_is_read_otherwise_tells_whose_it_is(tmp_path: Path) -> None:
    dated = """cd:Date rdfs:label "date"@en . tie:a cd:signedOn date:x . date:y cd:relativeTo date:x .
        date:x a cd:Date ; cd:expression "1990" ."""
    change = told(tmp_path, KNOWN + dated, KNOWN + dated.replace("1990", "1991"))["x"]
    assert (change.kind, change.aspects) == ("changed", ("dates",))
    assert change.sentences["en"].startswith(
        "Date “date:x” of “Tie of Hamburg and Rasht”: date as it is read changed from “1990” to “1991” (source: "
    )
    assert "«date:x» برای «پیوند هامبورگ و رشت»" in change.sentences["fa"]


def test_a_literal_that_only_changed_its_language(tmp_path: Path) -> None:
    change = told(tmp_path, KNOWN, KNOWN.replace('"Hamburg"@en', '"Hamburg"@de'))["hamburg"]
    assert (change.kind, change.aspects) == ("changed", ("names",))
    assert "name changed from “Hamburg” to “Hamburg” (de)" in change.sentences["en"]
    assert "نام از «Hamburg» (en) به «Hamburg» (de) تغییر کرد" in change.sentences["fa"]


def test_a_reader_is_told_what_changed_in_her_language_and_else_in_the_other(tmp_path: Path) -> None:
    both = KNOWN.replace('"Hamburg"@en, "هامبورگ"@fa', '"Hammonia"@en, "هامونیا"@fa')
    sentences = told(tmp_path / "1", KNOWN, both)["hamburg"].sentences
    assert "name changed from “Hamburg” to “Hammonia” (" in sentences["en"]
    assert "نام از «هامبورگ» به «هامونیا» تغییر کرد" in sentences["fa"]
    persian = KNOWN.replace("هامبورگ", "هامونیا")
    sentence = told(tmp_path / "2", KNOWN, persian)["hamburg"].sentences["en"]
    assert "name changed from “هامبورگ” (fa) to “هامونیا” (fa)" in sentence


RETIRED = "city:rasht a cd:City ; owl:deprecated true ; dcterms:isReplacedBy "
RASHT = 'city:rasht a cd:City ; rdfs:label "Rasht"@en, "رشت"@fa .'


def test_a_thing_is_renamed(tmp_path: Path) -> None:
    new = KNOWN.replace("city:rasht", "city:resht") + RETIRED + "city:resht ."
    found = told(tmp_path, KNOWN, new)
    assert {name: change.kind for name, change in found.items()} == {
        "rasht": "renamed",
        "resht": "successor",
        "a": "follows",
    }
    assert found["rasht"].becomes == ("https://w3id.org/citydip/id/city/resht",)
    assert found["rasht"].sentences["en"] == "City “Rasht” is city:resht now, and was city:rasht."
    assert found["resht"].sentences["en"] == "“Rasht” takes the place of city:rasht."
    assert found["a"].sentences["en"] == (
        "Tie “Tie of Hamburg and Rasht” points to what has a new identifier, and says nothing else."
    )


def test_what_says_more_than_a_new_name_has_changed(tmp_path: Path) -> None:
    new = KNOWN.replace("city:rasht", "city:resht") + RETIRED + "city:resht . tie:a cd:startsOn date:x ."
    assert told(tmp_path, KNOWN, new)["a"].kind == "changed"


def test_things_are_merged(tmp_path: Path) -> None:
    twin = 'city:resht a cd:City ; rdfs:label "Resht"@en .'
    into = told(tmp_path / "1", KNOWN + twin, KNOWN.replace(RASHT, RETIRED + "city:resht .") + twin)
    assert (into["rasht"].kind, "resht" in into) == ("merged", False)
    assert into["rasht"].sentences["en"] == "City “Rasht” was merged into “Resht”."

    both = (
        RETIRED
        + "city:gilan-city . city:resht a cd:City ; owl:deprecated true ; dcterms:isReplacedBy city:gilan-city ."
    )
    third = 'city:gilan-city a cd:City ; rdfs:label "Gilan City"@en .'
    into = told(tmp_path / "2", KNOWN + twin, KNOWN.replace(RASHT, both) + third)
    assert [into[name].kind for name in ("rasht", "resht", "gilan-city")] == ["merged", "merged", "successor"]
    assert into["gilan-city"].sentences["en"] == "“Gilan City” takes the place of city:rasht and city:resht."


def test_a_thing_is_split(tmp_path: Path) -> None:
    parts = 'city:old a cd:City ; rdfs:label "Old Rasht"@en . city:new a cd:City ; rdfs:label "New Rasht"@en .'
    found = told(tmp_path, KNOWN, KNOWN.replace(RASHT, RETIRED + "city:old, city:new .") + parts)
    assert {name: change.kind for name, change in found.items()} == {
        "rasht": "split",
        "old": "successor",
        "new": "successor",
    }
    assert found["rasht"].sentences == {
        "en": "City “Rasht” was split into “New Rasht” and “Old Rasht”.",
        "fa": "شهر «رشت» به «New Rasht» و «Old Rasht» تقسیم شد.",
    }


def test_a_replacement_without_retirement_is_a_fact_like_others(tmp_path: Path) -> None:
    found = told(tmp_path, KNOWN, KNOWN + "city:rasht dcterms:isReplacedBy city:hamburg .")
    assert {name: change.kind for name, change in found.items()} == {"rasht": "changed"}


def test_what_is_computed_is_no_change_and_yet_gives_names(tmp_path: Path) -> None:
    tie = "tie:b a cd:Tie ; cd:hasParty city:hamburg ."
    names = quads_of('tie:b rdfs:label "Tie of Hamburg"@en . city:rasht cd:degree 3 .', "computed/labels-of-ties")
    with compared(tmp_path, quads_of(KNOWN), [*quads_of(KNOWN + tie), *names]) as changes:
        found = list(changes.page(every=True))
    assert [change.iri.rsplit("/", 1)[-1] for change in found] == ["b"]
    assert found[0].sentences["en"].startswith("New tie: “Tie of Hamburg”")
    assert "computed" not in found[0].added


def test_a_thing_that_only_a_computation_knew_is_added_when_a_curator_tells_of_it(tmp_path: Path) -> None:
    computed = quads_of('city:oslo rdfs:label "Oslo"@en .', "computed/labels")
    curated = quads_of("city:oslo a cd:City .")
    with compared(tmp_path / "1", computed, [*computed, *curated]) as changes:
        assert [change.kind for change in changes.page()] == ["added"]
    with compared(tmp_path / "2", [*computed, *curated], computed) as changes:
        assert [change.kind for change in changes.page()] == ["removed"]


def test_a_statement_that_moved_to_another_graph_was_removed_and_added(tmp_path: Path) -> None:
    text = 'city:oslo a cd:City ; rdfs:label "Oslo"@en .'
    with compared(tmp_path, quads_of(text, "facts/a"), quads_of(text, "facts/b")) as changes:
        (change,) = changes.page()
    assert (change.kind, change.removed.count("facts/a"), change.added.count("facts/b")) == ("changed", 2, 2)
    assert "name said anew" in change.sentences["en"]


def test_counts_agree_with_what_is_listed_and_agreements_come_first(tmp_path: Path) -> None:
    more = (
        SECOND + 'agreement:x a cd:Agreement . evidence:y a cd:Evidence . city:oslo a cd:City ; rdfs:label "Oslo"@en .'
    )
    with compared(tmp_path, quads_of(KNOWN), quads_of(KNOWN + more)) as changes:
        listed = [change.iri.rsplit("/", 2)[-2] for change in changes.page()]
        assert listed == ["agreement", "tie", "city"]
        assert (changes.count(), changes.count(every=True), changes.total) == (3, 4, 4)
        tie = "https://w3id.org/citydip/ontology#Tie"
        assert [change.iri[-1] for change in changes.page(klass=tie)] == ["b"]
        assert (changes.count(tie), changes.count(tie, "removed"), changes.count(kind="added")) == (1, 0, 3)
        assert [c.iri for c in changes.page(1, 1)] == ["https://w3id.org/citydip/id/tie/b"]
        evidence = "https://w3id.org/citydip/ontology#Evidence"
        assert (changes.count(evidence), len(list(changes.page(klass=evidence)))) == (1, 1)


def test_terms_are_counted_and_not_told_one_by_one(tmp_path: Path) -> None:
    terms = "status:new a cd:Status ; skos:inScheme scheme:status . cd:hasNews a owl:ObjectProperty ."
    with compared(tmp_path, quads_of(KNOWN), quads_of(KNOWN + terms)) as changes:
        assert (changes.count(), changes.total, [*changes.page()]) == (0, 2, [])
        assert len(list(changes.page(every=True))) == 2


def test_changes_are_computed_once_and_kept(tmp_path: Path) -> None:
    old, new = (snapshot_of(tmp_path, each * 16, quads_of(KNOWN * (each == "1"))) for each in "01")
    steps: list[float] = []
    path = keep_changes(old, new, tmp_path / "kept", lambda share, _: steps.append(share))
    assert path == kept_path(tmp_path / "kept", old.version, new.version)
    assert steps[-1] == 1
    written = path.stat().st_mtime_ns
    assert keep_changes(old, new, tmp_path / "kept") == path
    assert path.stat().st_mtime_ns == written
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    with open_changes(path) as changes:
        assert {count.kind for count in changes.counts} == {"added"}


def test_the_oldest_pairs_are_removed_beyond_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citydip.curation.changes.keeping._KEPT", 2)
    versions = [snapshot_of(tmp_path, each * 16, quads_of(KNOWN)) for each in "0123"]
    for other in versions[1:]:
        keep_changes(versions[0], other, tmp_path / "kept")
    assert len(list((tmp_path / "kept").iterdir())) == 2
