"""Linked data on the whole graph: 500 IRIs of every kind lead to a page, and to Turtle and JSON-LD about them."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import httpx
import pyoxigraph as ox
import pytest

from citydip.curation.search_index import write_index
from citydip.curation.snapshot import INDEX, write_pointer
from citydip.curation.workspace import Workspace
from tests.conftest import ROOT
from tests.iris import BROWSER, is_told, local, names, sample_of
from tests.web.conftest import started, wait_until_ready

VERSION = "0123456789abcdef"
FORMS = {"text/turtle": ox.RdfFormat.TURTLE, "application/ld+json": ox.RdfFormat.JSON_LD}


@pytest.fixture(scope="module")
def server(world: Workspace, world_store: ox.Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a server over the whole graph, without checks and descriptions, which take long."""
    folder = tmp_path_factory.mktemp("served")
    snapshot = folder / VERSION
    snapshot.mkdir()
    lines = (world.store.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines()
    (snapshot / "graph.nq").write_bytes(b"\n".join(sorted(set(lines))) + b"\n")
    counts = Counter(quad.graph_name.value for quad in world.store if isinstance(quad.graph_name, ox.NamedNode))
    about = {"version": VERSION, "quads": sum(counts.values()), "graphs": counts}
    (snapshot / "snapshot.json").write_text(json.dumps(about), encoding="utf-8")
    for name in ("catalogue", "internal"):
        shutil.copytree(ROOT / "queries" / name, snapshot / "queries" / name)
    write_index(world_store, snapshot / INDEX, VERSION)
    write_pointer(folder, VERSION)
    with started(folder, "--workers", "2") as (_, address):
        wait_until_ready(address, 300)
        yield address


@pytest.fixture(scope="module")
def sample(world_store: ox.Store) -> list[str]:
    chosen = sample_of(world_store, 500)
    assert len(chosen) >= 500
    return chosen


def ask(client: httpx.Client, address: str) -> httpx.Response:
    return client.get(address, follow_redirects=True)


def answers(server: str, sample: list[str], accept: str) -> Iterator[tuple[str, httpx.Response]]:
    """Yield each IRI with what it leads to; two are asked for at a time."""
    with httpx.Client(headers={"Accept": accept}, timeout=120) as client, ThreadPoolExecutor(2) as threads:
        found = threads.map(ask, repeat(client), [server + local(iri) for iri in sample])
        yield from zip(sample, found, strict=True)


def test_every_iri_leads_to_a_page_about_it(server: str, sample: list[str]) -> None:
    for iri, page in answers(server, sample, BROWSER):
        assert page.status_code == 200, iri
        assert page.headers["content-type"] == "text/html; charset=utf-8", iri
        assert names(page.text, iri), iri


@pytest.mark.parametrize("accept", FORMS)
def test_every_iri_leads_to_data_about_it(server: str, sample: list[str], accept: str) -> None:
    for iri, data in answers(server, sample, accept):
        assert data.status_code == 200, iri
        assert data.headers["content-type"].startswith(accept), iri
        assert is_told(iri, data, FORMS[accept]), iri
