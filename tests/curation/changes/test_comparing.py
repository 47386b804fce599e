"""What must hold for any two versions."""

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydip.curation.changes.comparing import Difference, differences, is_told
from citydip.curation.changes.dump import Dump
from citydip.model.terms import GRAPH

# Names that sort in another way than what stands around them.
_IRIS = st.sampled_from(["urn:a", "urn:a/b", "urn:a-b", "urn:aa", "urn:é", "urn:a%20b"]).map(ox.NamedNode)
_LITERALS = st.builds(ox.Literal, st.sampled_from(["", "x", " <urn:a> ", 'a"b\\', "خط\nنو", f"<{GRAPH}computed/x> ."]))
_TAGGED = st.builds(ox.Literal, st.sampled_from(["x", "شهر"]), language=st.sampled_from(["en", "fa", "fa-latn"]))
_GRAPHS = st.sampled_from(["facts/x", "world/y", "computed/z", "changes/v"]).map(lambda g: ox.NamedNode(str(GRAPH[g])))
_QUADS = st.builds(ox.Quad, _IRIS, _IRIS, st.one_of(_IRIS, _LITERALS, _TAGGED), _GRAPHS)
VERSIONS = st.sets(_QUADS, max_size=25).map(
    lambda quads: sorted((ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True))
)


def curated(lines: list[bytes]) -> set[bytes]:
    """Return what curators and importers say, asked of the parser and not of the code that is tested."""
    quads = ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)
    left_out = (str(GRAPH["computed/"]), str(GRAPH["changes/"]))
    kept = [quad for quad in quads if not quad.graph_name.value.startswith(left_out)]
    return set((ox.serialize(kept, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True))


@given(VERSIONS, VERSIONS)
def test_the_changes_applied_to_the_older_version_give_the_newer(old: list[bytes], new: list[bytes]) -> None:
    found = list(differences(old, new))
    removed = Counter(line for each in found for line in each.removed)
    added = Counter(line for each in found for line in each.added)
    assert not (removed & added)
    assert set(removed) <= curated(old)
    assert not set(added) & curated(old)
    assert (curated(old) - set(removed)) | set(added) == curated(new)
    assert all(count == 1 for count in (removed + added).values())
    assert all(is_told(line) for line in (*removed, *added))


@given(VERSIONS)
def test_a_version_does_not_differ_from_itself(version: list[bytes]) -> None:
    assert list(differences(version, version)) == []


@given(VERSIONS, VERSIONS)
def test_the_changes_back_are_the_mirror(old: list[bytes], new: list[bytes]) -> None:
    there = list(differences(old, new))
    back = list(differences(new, old))
    assert back == [Difference(d.subject, d.added, d.removed, d.new, d.old) for d in there]
    mirrored = {"added": "removed", "removed": "added", "changed": "changed"}
    assert [each.kind for each in back] == [mirrored[each.kind] for each in there]


@given(VERSIONS, VERSIONS)
def test_each_thing_is_told_once_and_in_order(old: list[bytes], new: list[bytes]) -> None:
    subjects = [each.subject for each in differences(old, new)]
    assert subjects == sorted(set(subjects))


@given(VERSIONS)
def test_added_and_removed_are_of_what_one_version_does_not_know(version: list[bytes]) -> None:
    assert {each.kind for each in differences([], version)} <= {"added"}
    assert {each.kind for each in differences(version, [])} <= {"removed"}


def test_the_last_thing_of_either_version_is_seen() -> None:
    line = b"<urn:%s> <urn:p> <urn:o> <urn:g> .\n"
    a, z = line % b"a", line % b"z"
    assert [d.subject for d in differences([a, z], [a])] == [b"<urn:z>"]
    assert [d.subject for d in differences([a], [a, z])] == [b"<urn:z>"]
    assert [d.kind for d in differences([a], [z])] == ["removed", "added"]


def test_what_is_read_is_told() -> None:
    line = b"<urn:%s> <urn:p> <urn:o> <urn:g> .\n"
    old = [line % b"a", line % b"b"]
    seen: list[int] = []
    list(differences(old, [line % b"a"], seen.append))
    assert seen[-1] == sum(map(len, old))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_a_thing_is_found_in_a_sorted_file(tmp_path: Path, count: int) -> None:
    lines = sorted(
        f'<urn:{n}> <urn:p> "{"x" * (n * 7 % 90)}{m}" <urn:g> .\n'.encode()
        for n in range(count)
        for m in range(n % 3 + 1)
    )
    path = tmp_path / "graph.nq"
    path.write_bytes(b"".join(lines))
    with Dump(path) as dump:
        for n in range(count):
            begin = f"<urn:{n}> ".encode()
            assert dump.about(begin.strip()) == [line for line in lines if line.startswith(begin)] != []
        for name in (b"<urn:>", b"<urn:1/2>", b"<urn:~>", b"<a>", b"<z>"):
            assert dump.about(name) == []
        assert list(dump.having(b'x" <urn:nowhere')) == []
