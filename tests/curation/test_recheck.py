"""A check after an edit gives what a full check gives, and looks only at what the edit can affect."""

import json
import shutil
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citydip.curation import check as checking
from citydip.curation import recheck
from citydip.curation.check import MEMORY, check
from citydip.curation.formatting import format_triples, format_turtle
from citydip.curation.layout import Layout
from citydip.curation.progress import Progress, unseen
from citydip.curation.screening import Screen
from citydip.curation.turtle import TurtleFile, read_turtle
from citydip.curation.view import Subject
from citydip.curation.workspace import Workspace
from citydip.model.findings import Finding

ROOT = Path(__file__).parents[2]
WORLD = ROOT / "tests" / "shapes" / "world.ttl"
PARTS = 5
EDITS = 8
PROPERTY_RUNS = 5


def silent(_: str) -> None:
    """Say nothing."""


def make(root: Path) -> Layout:
    """Write a small graph: the things that the examples of shapes start from, one kind of thing a file."""
    for folder in ("ontology", "shapes", "queries"):
        shutil.copytree(ROOT / folder, root / folder)
    (root / "data" / "world" / "all").mkdir(parents=True)
    file = read_turtle(WORLD)
    subjects = sorted({triple.subject for triple in file.triples}, key=str)
    for number in range(PARTS):
        chosen = set(subjects[number::PARTS])
        text = format_triples([t for t in file.triples if t.subject in chosen], file.prefixes)
        # Some files are graphs of their own, and some are together one.
        path = f"data/world/all/{number}.ttl" if number % 2 else f"data/{number}.ttl"
        (root / path).write_text(text, encoding="utf-8")
    return Layout(root, root / "snapshots")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Return a small graph that was checked."""
    made = make(tmp_path)
    check(made, None, silent)
    return made


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """Return how many things each run of shapes has looked at; None for all."""
    numbers: list[int | None] = []
    suspects = Screen.suspects

    def counted(screen: Screen, among: Collection[Subject] | None = None, progress: Progress = unseen) -> set[Subject]:
        numbers.append(None if among is None else len(among))
        return suspects(screen, among, progress)

    monkeypatch.setattr(Screen, "suspects", counted)
    return numbers


@pytest.fixture
def formatted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files whose format was checked."""
    names: list[str] = []
    check_format = checking.check_format

    def noted(workspace: Workspace, neat: Collection[str], progress: Progress) -> list[Finding]:
        names.extend(file.path.name for file in workspace.files.values() if file.digest not in neat)
        return list(check_format(workspace, neat, progress))

    monkeypatch.setattr(checking, "check_format", noted)
    return names


def findings(layout: Layout, *, full: bool = False) -> list[Finding]:
    return check(layout, None, silent, full=full).findings


def full_findings(layout: Layout) -> list[Finding]:
    """Return the findings of a full check that leaves the memory as it is."""
    memory = layout.snapshots / MEMORY / "whole"
    kept = memory.rename(memory.with_name("kept"))
    try:
        return findings(layout, full=True)
    finally:
        shutil.rmtree(memory)
        kept.rename(memory)


def home_of(layout: Layout, beginning: str) -> Path:
    """Return the file in which a line begins so."""
    for path in sorted((layout.root / "data").rglob("*.ttl")):
        if any(line.startswith(beginning) for line in path.read_text(encoding="utf-8").splitlines()):
            return path
    raise AssertionError(beginning)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_without_an_edit_nothing_is_looked_at(
    layout: Layout, looked_at: list[int | None], formatted: list[str]
) -> None:
    before = full_findings(layout)
    looked_at.clear()
    formatted.clear()
    assert findings(layout) == before
    assert 0 in looked_at  # of the data; the ontology is looked at whole
    assert formatted == []


def test_an_edit_in_one_file_that_makes_another_wrong_is_found_and_its_mending_too(
    layout: Layout, looked_at: list[int | None], formatted: list[str]
) -> None:
    good = findings(layout)
    city = home_of(layout, "city:urumqi")
    agreement = home_of(layout, "agreement:semnan-urumqi")
    assert city != agreement
    change(city, "city:urumqi\n    a cd:City ;", "city:urumqi\n    a cd:Date ;")
    looked_at.clear()
    formatted.clear()
    wrong = findings(layout)
    assert wrong == full_findings(layout)
    assert len(wrong) > len(good)
    assert any(f.file == layout.relative(agreement) and f not in good for f in wrong)
    assert any(number for number in looked_at)
    assert set(formatted[:1]) == {city.name}
    change(city, "city:urumqi\n    a cd:Date ;", "city:urumqi\n    a cd:City ;")
    assert findings(layout) == good


FAULTS = [
    # The rule that finds it, where it is planted, what stands there, and what instead.
    ("has-host", "city:urumqi", "a cd:City ;", "a cd:Date ;"),
    ("population", "city:qazvin", "402748", '"402748"^^cd:Number'),
    ("name-english", "city:mashhad", '"Mashhad"@en', '"Mashhad"@de'),
    ("listing-listed", "listing:mayor-of-semnan", "post:mayor-of-semnan", "post:nobody"),
    ("dangling-reference", "hosting-bid:semnan-2019", "city:semnan", "city:nowhere"),
    ("identifier-used-twice", "city:semnan", "a cd:City ;", 'a cd:City ;\n    cd:geonamesIdentifier "119505" ;'),
    ("date", "date:published-mehr-semnan", '"Tuesday"', '"Monday"'),
    ("date-expression", "date:published-mehr-semnan", "1395-10-14", "1395-13-14"),
    ("quote-seal", "quote:semnan-signing", "تفاهم نامه", "توافق نامه"),
    ("arabic-letters-in-label", "city:tehran", '"تهران"@fa', '"يك"@fa'),
    ("computed-by-hand", "city:tehran", "a cd:City ;", "a cd:City ;\n    cd:twinnedWith city:qazvin ;"),
    ("tenure-terms", "tenure:nosrati-mayor-of-qazvin", "    a cd:Tenure ;\n", ""),
    ("format", "correspondence:mashhad-to-unesco", " ;\n", " ;\n\n"),
]


def place(layout: Layout, subject: str, old: str, new: str) -> str:
    """Replace what stands of a thing for the first time, and return the name of the file."""
    path = home_of(layout, subject)
    text = path.read_text(encoding="utf-8")
    at = ("\n" + text).index("\n" + subject)
    assert old in text[at:].split("\n    .\n")[0]
    path.write_text(text[:at] + text[at:].replace(old, new, 1), encoding="utf-8")
    return layout.relative(path)


def test_faults_of_all_kinds_in_all_files_are_found_as_by_a_full_check(layout: Layout) -> None:
    good = findings(layout)
    texts = {path: path.read_text(encoding="utf-8") for path in (layout.root / "data").rglob("*.ttl")}
    touched = set()
    for rule, subject, old, new in FAULTS:
        before = findings(layout)
        touched.add(place(layout, subject, old, new))
        found = findings(layout)
        assert found == full_findings(layout)
        assert rule in {finding.rule for finding in found if finding not in before}
    assert len(touched) == PARTS
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    assert findings(layout) == good == full_findings(layout)


def test_a_file_that_comes_or_goes_is_judged_with_what_leads_to_it(layout: Layout) -> None:
    good = findings(layout)
    path = home_of(layout, "city:urumqi")
    text = path.read_text(encoding="utf-8")
    path.unlink()
    gone = findings(layout)
    assert gone == full_findings(layout)
    assert {"party", "dangling-reference"} <= {finding.rule for finding in gone if finding not in good}
    path.with_name("another.ttl").write_text(text, encoding="utf-8")
    moved = findings(layout)
    assert moved == full_findings(layout)
    assert {finding.rule for finding in moved} == {finding.rule for finding in good}


def test_checks_and_rules_always_run(layout: Layout) -> None:
    good = findings(layout)
    header = "#+ title: All\n#+ title-fa: همه\n#+ summary: All.\n#+ summary-fa: همه.\n"
    query = "SELECT ?focus { ?focus cd:mayorOf city:qazvin }"
    path = layout.root / "queries" / "checks" / "mayors.rq"
    path.write_text(f"{header}#+ message: {{focus}} is mayor\n#+ fix: none\n{query}\n", encoding="utf-8")
    assert {finding.rule for finding in findings(layout)} == {finding.rule for finding in good} | {"mayors"}
    (layout.root / "queries" / "compute" / "mayor-of.rq").unlink()
    assert findings(layout) == good


def test_the_whole_and_the_curated_graph_are_remembered_apart(layout: Layout) -> None:
    curated = Layout(layout.root, layout.snapshots, imported=False)
    assert findings(curated) != findings(layout)
    path = home_of(layout, "city:urumqi")
    assert path.parent.name == "all"  # imported, so that the curated graph is another one
    change(path, "city:urumqi\n    a cd:City ;", "city:urumqi\n    a cd:Date ;")
    assert findings(curated) == findings(curated, full=True)
    whole = findings(layout)
    assert "has-host" in {finding.rule for finding in whole}
    assert whole == findings(layout, full=True)


def test_what_is_wrong_is_said_again_although_nothing_was_edited(layout: Layout) -> None:
    change(home_of(layout, "city:urumqi"), "city:urumqi\n    a cd:City ;", "city:urumqi\n    a cd:Date ;")
    first = findings(layout)
    assert findings(layout) == first == full_findings(layout)


def test_another_shape_or_class_judges_everything_anew(layout: Layout, looked_at: list[int | None]) -> None:
    change(layout.root / "shapes" / "places.ttl", "citydip/id/city/", "citydip/id/town/")
    wrong = findings(layout)
    assert any(finding.rule == "city" for finding in wrong)
    assert wrong == full_findings(layout)
    change(layout.root / "ontology" / "citydip.ttl", "rdfs:subClassOf cd:Place ;", "rdfs:subClassOf cd:Event ;")
    assert findings(layout) == full_findings(layout)
    assert None in looked_at


def test_shapes_of_terms_that_are_not_known_are_checked_in_full_each_time(layout: Layout) -> None:
    text = """@prefix cd: <https://w3id.org/citydip/ontology#> .
    @prefix sh: <http://www.w3.org/ns/shacl#> .
    @prefix shape: <https://w3id.org/citydip/shapes/> .
    shape:visited a sh:NodeShape ; sh:targetClass cd:City ; sh:property shape:visited-once .
    shape:visited-once a sh:PropertyShape ; sh:path [ sh:inversePath cd:atPlace ] ; sh:minCount 1 ;
        sh:message "Nobody. Go." ."""
    (layout.root / "shapes" / "visits.ttl").write_text(text, encoding="utf-8")
    first = findings(layout)
    assert any(finding.rule == "visited-once" for finding in first)
    assert findings(layout) == first == full_findings(layout)


@pytest.mark.parametrize(
    "damage",
    ["removed", "cut", "no text", "a text of others", "of another code", "without what was wrong", "of another file"],
)
def test_a_damaged_memory_is_no_memory(layout: Layout, damage: str, looked_at: list[int | None]) -> None:
    memory = layout.snapshots / MEMORY / "whole"
    if damage == "without what was wrong":
        change(home_of(layout, "city:urumqi"), "city:urumqi\n    a cd:City ;", "city:urumqi\n    a cd:Date ;")
        findings(layout)
    else:
        change(home_of(layout, "city:mashhad"), '"Mashhad"@en', '"Mashhad"@de')
    seen = memory / "seen.json"
    kept = json.loads(seen.read_text())
    if damage == "removed":
        shutil.rmtree(memory)
    elif damage == "cut":
        seen.write_bytes(seen.read_bytes()[:100])
    elif damage == "of another code":
        kept["seen"]["basis"] = "0" * 64
        kept["digest"] = recheck.digest_of(kept["seen"])
    elif damage == "without what was wrong":
        kept["seen"]["wrong"] = []
    elif damage == "of another file":
        # As if the last check had seen the file as it is now.
        path = home_of(layout, "city:mashhad")
        kept["seen"]["files"][layout.relative(path)] = read_turtle(path).digest
    else:
        for text in (memory / "texts").iterdir():
            if damage == "no text":
                text.unlink()
            else:
                text.write_text("<x:a> a <x:B> .", encoding="utf-8")
    if memory.exists() and damage != "cut":
        seen.write_text(json.dumps(kept))
    looked_at.clear()
    found = findings(layout)
    assert all(number is None for number in looked_at)
    assert found == findings(layout, full=True)


def test_a_folder_that_cannot_be_written_is_checked_all_the_same(tmp_path: Path) -> None:
    layout = make(tmp_path)
    layout.snapshots.write_text("a file, not a folder")
    assert findings(layout) == findings(layout, full=True)


@st.composite
def _edit(draw: st.DrawFn) -> tuple[str, int, int, int]:
    kind = draw(st.sampled_from(["drop", "drop", "lead astray", "move", "copy", "untidy", "take away", "bring back"]))
    return kind, draw(st.integers(0, PARTS - 1)), draw(st.integers(0, 10_000)), draw(st.integers(0, 10_000))


def apply(layout: Layout, edit: tuple[str, int, int, int]) -> None:
    """Damage or mend one of the files."""
    kind, number, one, other = edit
    paths = [layout.root / (f"data/world/all/{n}.ttl" if n % 2 else f"data/{n}.ttl") for n in range(PARTS)]
    path, aside = paths[number], paths[number].with_suffix(".aside")
    if kind == "take away" and path.exists():
        path.rename(aside)
    elif kind == "bring back" and aside.exists():
        aside.rename(path)
    if kind in ("take away", "bring back") or not path.exists():
        return
    file = read_turtle(path)
    triples = list(file.triples)
    if not triples:
        return
    at = one % len(triples)
    if kind == "drop":
        del triples[at]
    elif kind == "lead astray":
        named = [n for n, triple in enumerate(triples) if "/id/" in str(triple.object)] or [at]
        at = named[one % len(named)]
        triples[at] = type(triples[at])(
            triples[at].subject, triples[at].predicate, triples[other % len(triples)].subject
        )
    elif kind in ("move", "copy"):
        target = paths[other % PARTS]
        if not target.exists():
            return
        moved = [triple for triple in triples if triple.subject == triples[at].subject]
        into = read_turtle(target)
        save(target, into, into.triples + moved, file.prefixes)
        if kind == "move" and target != path:
            triples = [triple for triple in triples if triple not in moved]
    save(path, file, triples, {})
    if kind == "untidy":
        path.write_text(path.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")


def save(path: Path, file: TurtleFile, triples: list, prefixes: dict[str, str]) -> None:  # type: ignore[type-arg]
    text = format_triples(triples, file.prefixes | prefixes)
    path.write_text(format_turtle(path, text) if text.strip() else "", encoding="utf-8")


@given(edits=st.lists(_edit(), min_size=1, max_size=EDITS))
@settings(max_examples=PROPERTY_RUNS, deadline=None)
def test_after_any_edits_the_findings_are_those_of_a_full_check(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, int, int, int]]
) -> None:
    layout = make(tmp_path_factory.mktemp("graph"))
    check(layout, None, silent)
    for edit in edits:
        apply(layout, edit)
        assert findings(layout) == full_findings(layout)
