"""What states no licence is not passed on: it is neither tracked, nor in the package, nor in the image."""

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from citydip.curation.importers.known import IMPORTERS
from citydip.curation.layout import Layout
from citydip.curation.workspace import open_workspace
from citydip.model.terms import CD, PREFIXES, shorten
from tests.conftest import ROOT
from tests.project.test_deploy import ignored

WITHHELD = sorted({data_set.name for i in IMPORTERS if not i.shipped for data_set in i.sets} | {"cdp"})
"""Folders below ``data/world`` of data sets that state no licence. Nothing imports that of CDP; the rule holds too."""


def tracked() -> list[str]:
    """Return the files that are under version control."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout, so nothing is tracked")
    command = ["git", "ls-files", "-z"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")[:-1]


def unlicensed() -> set[str]:
    """Return the data sets without a licence, as prefixed names."""
    store = open_workspace(Layout(ROOT, ROOT / "snapshots")).store
    found = store.query(
        """SELECT ?source { ?source cd:hasSourceKind source-kind:data-set
        FILTER NOT EXISTS { ?source dcterms:license ?licence } }""",
        use_default_graph_as_union=True,
        prefixes=PREFIXES,
    )
    return {shorten(row["source"].value) for row in found}  # type: ignore[union-attr]


def test_the_data_sets_that_are_withheld_are_known() -> None:
    assert {"etmun", "urbact", "cdp"} <= set(WITHHELD)


def test_nothing_tracked_lies_in_a_folder_that_is_withheld_or_rests_on_its_data_set() -> None:
    sources = unlicensed()
    assert {"source:etmun", "source:urbact", "source:cdp-reporting-cities"} <= sources
    full = {PREFIXES["source"] + name.removeprefix("source:") for name in sources}
    names = "|".join(re.escape(name) for name in sorted(sources | full))
    leads = "oa:hasSource|prov:wasDerivedFrom|dcterms:source|cd:copyOf"
    rests_on = re.compile(rf"({leads})\b[^;]*?(?<![\w/-])({names})(?![\w/-])")
    files = tracked()
    assert len([name for name in files if name.startswith("data/world/")]) > 100
    for name in files:
        assert not re.match(rf"data/world/({'|'.join(WITHHELD)})/", name), name
        if name.startswith("data/") and name.endswith(".ttl"):
            text = (ROOT / name).read_text(encoding="utf-8")
            assert not (found := rests_on.search(text)), f"{name}: {found.group() if found else ''}"
            assert f"{shorten(str(CD.redistributable))} false" not in text, name


@pytest.mark.parametrize("name", WITHHELD)
def test_what_is_withheld_stays_out_of_version_control_and_of_the_image(name: str) -> None:
    path = f"data/world/{name}/description.ttl"
    tracked()
    assert subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False).returncode == 0
    assert ignored(path)


def test_what_is_withheld_comes_into_no_package(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    for name in tracked():
        if name.startswith(("src/", "ontology/", "shapes/", "queries/", "data/world/c40/")) or "/" not in name:
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, checkout / name)
    for name in WITHHELD:
        folder = checkout / "data" / "world" / name
        folder.mkdir()
        (folder / "description.ttl").write_text("")
    build = "from hatchling import build; print(build.build_{0}({1!r}))"
    for kind in ("wheel", "sdist"):
        command = [sys.executable, "-c", build.format(kind, str(tmp_path))]
        subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    (wheel,), (sdist,) = tmp_path.glob("*.whl"), tmp_path.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as package:
        in_wheel = package.namelist()
    with tarfile.open(sdist) as package:
        in_sdist = package.getnames()
    assert "citydip/graph/data/world/c40/common.ttl" in in_wheel
    assert "citydip/cli/main.py" in in_wheel
    assert any(name.endswith("data/world/c40/common.ttl") for name in in_sdist)
    for name in WITHHELD:
        assert not [path for path in in_wheel + in_sdist if f"data/world/{name}/" in path]
