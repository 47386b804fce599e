"""The made-up folder that the bench builds: the same each time, as large as asked for, and without a finding."""

from pathlib import Path

from bench.building import edit, run_build
from bench.generator.folder import make_folder
from citydip.curation.check import check
from citydip.curation.layout import Layout

SIZE = 3000


def texts(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in root.rglob("*.ttl")}


def test_the_same_size_and_seed_give_the_same_files(tmp_path: Path) -> None:
    count = make_folder(tmp_path / "one", SIZE)
    assert SIZE / 2 < count < 2 * SIZE
    assert make_folder(tmp_path / "two", SIZE) == count
    assert texts(tmp_path / "one") == texts(tmp_path / "two")
    make_folder(tmp_path / "two", SIZE, seed=2)
    assert texts(tmp_path / "one") != texts(tmp_path / "two")


def test_the_folder_is_built_without_a_finding_and_each_part_is_timed(tmp_path: Path) -> None:
    make_folder(tmp_path, SIZE)
    layout = Layout(tmp_path, tmp_path / "snapshots")
    told = run_build(layout)
    assert told["quads"] > SIZE / 2
    assert set(told["parts"]) == {"read", "format", "shapes", "rules", "checks", "snapshot"}
    before = texts(tmp_path / "data")
    edit(tmp_path)
    after = texts(tmp_path / "data")
    assert len([name for name in after if after[name] != before[name]]) == 1
    assert check(layout, None, lambda _: None).findings == []
