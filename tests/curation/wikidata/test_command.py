"""``citydip import wikidata`` as a user runs it: in a process of its own, that can be killed at any moment."""

import os
import signal
import subprocess
import sys
import time

import pytest

from citydip.curation.layout import Layout
from tests.conftest import ROOT
from tests.curation.wikidata.conftest import CONTACT, DAY, run, world
from tests.curation.wikidata.double import Double, held, status


def command(layout: Layout, double: Double, *options: str) -> "subprocess.Popen[str]":
    """Start the command against the double, with the pages where `run` has them."""
    words = [sys.executable, "-m", "citydip", "import", "wikidata", "--endpoint", double.address, "--date", DAY]
    words += ["--root", str(layout.root), "--cache", str(layout.root.parent / "cache"), "--page", "2", "--pause", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "CITYDIP_CONTACT": CONTACT, "COLUMNS": "200"}
    # A shell that runs tests in the background lets them ignore interruptions, and so does what they start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [*words, *options], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    finally:
        signal.signal(signal.SIGINT, before)


def wait_for(double: Double, requests: int, process: "subprocess.Popen[str]") -> None:
    """Wait until a running command has asked that often."""
    while len(double.requests) < requests:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)


def test_a_run_writes_and_tells_and_a_second_one_changes_nothing(layout: Layout, double: Double) -> None:
    process = command(layout, double)
    output, progress = process.communicate(timeout=60)
    assert process.returncode == 0, progress
    assert "ties: 4 new, 0 changed, 0 gone" in output
    assert f"refreshed from {double.address}: 6 items as of {DAY}" in output
    assert "wrote data/world/wikidata" in progress
    before = world(layout)
    assert "wikidata/report.json" in before
    process = command(layout, double)
    output, progress = process.communicate(timeout=60)
    assert process.returncode == 0, progress
    assert "ties: 0 new, 0 changed, 0 gone" in output
    assert "unchanged: data/world/wikidata," in progress
    assert world(layout) == before
    assert len(double.requests) == 12


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_a_run_that_is_stopped_goes_on_with_the_missing_pages(
    layout: Layout, double: Double, stop: signal.Signals, code: int
) -> None:
    double.faults = {6: held}
    process = command(layout, double)
    wait_for(double, 6, process)
    process.send_signal(stop)
    process.communicate(timeout=60)
    assert process.returncode == code
    assert world(layout) == {}
    came, lost = [request.query for request in double.requests[:5]], double.requests[5].query
    double.requests.clear()
    double.faults = {}
    process = command(layout, double)
    _, progress = process.communicate(timeout=60)
    assert process.returncode == 0, progress
    asked = [request.query for request in double.requests]
    assert len(asked) == 12 - 5
    assert asked[0] == lost
    assert not set(asked) & set(came)
    resumed = world(layout)
    # As if nothing had happened.
    run(layout, double, fresh=True)
    assert world(layout) == resumed


def test_a_fresh_run_asks_for_everything_again(layout: Layout, double: Double) -> None:
    run(layout, double)
    process = command(layout, double, "--fresh")
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert len(double.requests) == 24


def test_a_run_that_gives_up_says_why_and_ends_with_an_error(layout: Layout, double: Double) -> None:
    double.faults = {3: status(500)}
    process = command(layout, double, "--attempts", "1")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "answered with status 500, at 1 attempts; what has come so far is kept" in " ".join(errors.split())
    assert world(layout) == {}


def test_the_options_choose_cities_and_languages(layout: Layout, double: Double) -> None:
    process = command(layout, double, "--cities", "city:london, cu", "--languages", "fa")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "2 items" in output
    assert "wd:Q84" in world(layout)["wikidata-items/gb.ttl"]
    assert "wikidata-items/ir.ttl" not in world(layout)


@pytest.mark.parametrize(
    ("options", "words"),
    [(("--contact", ""), "e-mail or web address"), (("--date", "yesterday"), "a day such as 2026-11-22")],
)
def test_a_wrong_option_is_told_of_before_anything_is_asked(
    layout: Layout, double: Double, options: tuple[str, ...], words: str
) -> None:
    process = command(layout, double, *options)
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert words in " ".join(errors.split())
    assert double.requests == []
