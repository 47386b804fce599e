"""Queries as they are written for Wikidata's query service run unchanged on the Wikidata view, with the rows expected.

Whoever changes data or mapping writes the rows anew and reads the difference before committing it::

    python -m pytest tests/wikidata/test_queries.py --regenerate
    git diff tests/wikidata/expected
"""

import io
from pathlib import Path

import pyoxigraph as ox
import pytest

from citydip.curation.snapshot import Snapshot
from citydip.engine.store import load, open_query
from citydip.engine.wikidata import as_standard

HERE = Path(__file__).parent
QUERIES = sorted((HERE / "queries").glob("*.rq"))
PROPERTIES = ("P6", "P17", "P31", "P39", "P190", "P463", "P625")


@pytest.fixture(scope="module")
def view(snapshot: Snapshot) -> ox.Store:
    return load(snapshot.view)


def test_there_are_twenty_and_they_use_the_properties_of_city_diplomacy() -> None:
    texts = [path.read_text(encoding="utf-8") for path in QUERIES]
    assert len(texts) == 20
    assert all("PREFIX" not in text for text in texts), "Wikidata's prefixes need no declaration"
    for name in PROPERTIES:
        assert any(f":{name}" in text for text in texts)


@pytest.mark.parametrize("path", QUERIES, ids=[path.stem for path in QUERIES])
def test_a_query_gives_the_rows_that_are_expected(path: Path, view: ox.Store, request: pytest.FixtureRequest) -> None:
    text = path.read_text(encoding="utf-8")
    output = io.BytesIO()
    open_query(view, {"query": as_standard(text, ["en"]).text, "format": "csv"}).write(output)
    head, *rows = output.getvalue().decode().splitlines()
    found = "\n".join([head, *(rows if "ORDER BY" in text else sorted(rows))]) + "\n"
    expected = HERE / "expected" / f"{path.stem}.csv"
    if request.config.getoption("--regenerate"):
        expected.write_text(found, encoding="utf-8")
    assert rows, "a query that finds nothing shows nothing"
    assert found == expected.read_text(encoding="utf-8")
