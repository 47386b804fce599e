"""Changes for many who ask: compared once, one pair after the other, and nobody waits without end."""

import asyncio
from pathlib import Path

import pytest

from citydip.curation.snapshot import Snapshot
from citydip.model.errors import ChangesBusyError, ChangesError
from citydip.model.settings import Settings
from citydip.services.changes.desk import ChangesDesk
from tests.curation.changes.made import KNOWN, quads_of, snapshot_of


@pytest.fixture
def versions(tmp_path: Path) -> list[Snapshot]:
    """Return ten versions, of which the first alone lacks what the others say."""
    texts = ["", *[KNOWN] * 9]
    return [snapshot_of(tmp_path, str(number) * 16, quads_of(text)) for number, text in enumerate(texts)]


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no comparison end."""

    async def compare(*_: object) -> None:
        await asyncio.sleep(600)

    monkeypatch.setattr(ChangesDesk, "_compare", compare)


def test_who_asks_at_once_gets_what_is_compared_once(versions: list[Snapshot], tmp_path: Path) -> None:
    async def run() -> list[int]:
        desk = ChangesDesk(tmp_path, Settings(timeout=60))
        asked = (desk.read(versions[0], versions[1], lambda changes: changes.total) for _ in range(5))
        found = await asyncio.gather(*asked)
        await desk.close()
        return found

    totals = asyncio.run(run())
    assert totals[0] > 5
    assert set(totals) == {totals[0]}
    assert len(list((tmp_path / "exports" / "changes").iterdir())) == 1


@pytest.mark.usefixtures("endless")
def test_what_takes_longer_than_a_request_may_wait_is_told(versions: list[Snapshot], tmp_path: Path) -> None:
    async def run() -> None:
        desk = ChangesDesk(tmp_path, Settings(timeout=0.1))
        with pytest.raises(ChangesBusyError, match="ask again in") as told:
            await desk.read(versions[0], versions[1], lambda changes: changes.total)
        assert told.value.seconds > 0
        await desk.close()

    asyncio.run(run())


@pytest.mark.usefixtures("endless")
def test_no_more_than_a_few_pairs_may_wait(versions: list[Snapshot], tmp_path: Path) -> None:
    async def run() -> list[str]:
        desk = ChangesDesk(tmp_path, Settings(timeout=0.1))
        asked = (desk.read(versions[0], other, lambda changes: changes.total) for other in versions[1:])
        found = await asyncio.gather(*asked, return_exceptions=True)
        await desk.close()
        return [type(error).__name__ for error in found]

    kinds = asyncio.run(run())
    assert (kinds.count("ChangesBusyError"), kinds.count("ServiceBusyError")) == (8, 1)


def test_what_cannot_be_compared_says_why(versions: list[Snapshot], tmp_path: Path) -> None:
    (versions[1].path / "snapshot.json").unlink()

    async def run() -> None:
        desk = ChangesDesk(tmp_path, Settings(timeout=60))
        with pytest.raises(ChangesError, match="is not kept"):
            await desk.read(versions[0], versions[1], lambda changes: changes.total)
        await desk.close()

    asyncio.run(run())
