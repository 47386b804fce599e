"""A service is asked politely: one request at a time, by name, with waits, and never for ever."""

import threading
from email.utils import formatdate

import pytest

from citydip.curation.importers.wikidata.asking import Manners, Service, SystemClock, read_rows
from citydip.model.errors import ParameterError, RefreshError
from tests.curation.wikidata.conftest import CONTACT, Watch
from tests.curation.wikidata.double import Double, Fault, cut, dripping, dropped, slow, status, text

QUERY = "SELECT ?label { <http://www.wikidata.org/entity/Q84> <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
TRACE = b'{"head": {"vars": ["a"]}, "results": {"bindings": [\njava.util.concurrent.TimeoutException\n\tat java'


def service(double: Double, clock: Watch | SystemClock, **manners: float) -> Service:
    said = Manners(**manners)  # type: ignore[arg-type]
    return Service(double.address, CONTACT, said, lambda line: None, clock=clock, chance=lambda: 0.0)


def labels(body: bytes) -> set[str]:
    return {row["label"]["value"] for row in read_rows(body)}


@pytest.mark.parametrize("packs", [True, False])
def test_an_answer_is_the_whole_result(double: Double, packs: bool) -> None:
    double.packs = packs
    assert labels(service(double, Watch()).ask(QUERY)) == {"London", "لندن"}


def test_a_request_says_who_asks_and_how_to_reach_them(double: Double) -> None:
    service(double, Watch()).ask(QUERY)
    assert double.requests[0].agent.startswith("citydip/")
    assert f"{CONTACT})" in double.requests[0].agent
    assert double.requests[0].accept == "application/sparql-results+json"


def test_between_two_requests_there_is_a_pause(double: Double) -> None:
    clock = Watch()
    asking = service(double, clock, pause=3.0)
    for _ in range(3):
        asking.ask(QUERY)
    assert clock.waits == [3.0, 3.0]


@pytest.mark.parametrize("code", [429, 503])
def test_a_service_that_names_seconds_is_not_asked_before(double: Double, code: int) -> None:
    double.faults = {1: status(code, Retry_After="40")}
    clock = Watch()
    assert labels(service(double, clock).ask(QUERY)) == {"London", "لندن"}
    assert len(double.requests) == 2
    assert clock.waits == [40.0]


def test_a_service_that_names_a_time_is_not_asked_before(double: Double) -> None:
    clock = Watch()
    double.faults = {1: status(429, Retry_After=formatdate(clock.wall() + 75, usegmt=True))}
    service(double, clock).ask(QUERY)
    assert clock.waits == [75.0]


@pytest.mark.parametrize("value", ["soon", "-5", formatdate(0, usegmt=True), ""])
def test_a_time_that_is_none_or_over_leaves_our_own_wait(double: Double, value: str) -> None:
    double.faults = {1: status(429, Retry_After=value)}
    clock = Watch()
    service(double, clock, backoff=8.0).ask(QUERY)
    assert clock.waits == [4.0]


def test_a_short_time_does_not_shorten_our_own_wait(double: Double) -> None:
    double.faults = dict.fromkeys(range(1, 4), status(429, Retry_After="1"))
    clock = Watch()
    service(double, clock, backoff=8.0, pause=0).ask(QUERY)
    assert clock.waits == [4.0, 8.0, 16.0]


def test_a_service_that_wants_to_be_left_alone_for_long_ends_the_run(double: Double) -> None:
    double.faults = {1: status(429, Retry_After="86400")}
    clock = Watch()
    with pytest.raises(RefreshError, match="asks to wait 86400 s"):
        service(double, clock).ask(QUERY)
    assert clock.waits == []
    assert len(double.requests) == 1


LATER: list[Fault] = [
    status(500),
    status(502),
    status(503),
    status(504),
    status(408),
    cut,
    dropped,
    text(TRACE),
    text(b'{"boolean": true}'),
    text(b"<html>We are busy</html>", "text/html"),
    text(b""),
]


@pytest.mark.parametrize("fault", LATER)
def test_what_may_not_last_is_asked_again_with_longer_and_longer_waits(double: Double, fault: Fault) -> None:
    double.faults = dict.fromkeys((1, 2, 3), fault)
    clock = Watch()
    assert labels(service(double, clock, pause=0, backoff=2.0).ask(QUERY)) == {"London", "لندن"}
    assert clock.waits == [1.0, 2.0, 4.0]


def test_a_broken_packed_answer_is_asked_for_again(double: Double) -> None:
    double.packs = False
    double.faults = {1: lambda handler, body: handler.reply(200, b"no", Content_Encoding="gzip")}
    assert labels(service(double, Watch()).ask(QUERY)) == {"London", "لندن"}
    assert len(double.requests) == 2


def test_no_wait_of_ours_is_longer_than_the_longest(double: Double) -> None:
    double.faults = dict.fromkeys(range(1, 6), status(500))
    clock = Watch()
    service(double, clock, pause=0, backoff=10.0, longest_backoff=30.0).ask(QUERY)
    assert clock.waits == [5.0, 10.0, 15.0, 15.0, 15.0]


def test_waits_differ_so_that_clients_do_not_come_back_all_at_once(double: Double) -> None:
    waits = set()
    for chance in (0.0, 0.5, 1.0):
        double.requests.clear()
        double.faults = {1: status(500)}
        clock = Watch()
        Service(double.address, CONTACT, Manners(), lambda line: None, clock=clock, chance=lambda: chance).ask(QUERY)  # noqa: B023
        waits |= set(clock.waits)
    assert waits == {1.0, 1.5, 2.0}


@pytest.mark.parametrize("fault", [slow(5), dripping])
def test_an_answer_that_takes_too_long_is_broken_off(double: Double, fault: Fault) -> None:
    double.packs = False
    double.faults = {1: fault}
    with pytest.raises(RefreshError, match=r"within 1 s, at 1 attempts"):
        service(double, SystemClock(), deadline=1.0, attempts=1).ask(QUERY)
    double.over.set()


def test_after_the_last_attempt_an_error_says_why_and_what_to_do(double: Double) -> None:
    double.faults = dict.fromkeys(range(1, 10), status(500))
    clock = Watch()
    with pytest.raises(RefreshError, match=r"answered with status 500, at 3 attempts; .* run the same command later"):
        service(double, clock, attempts=3, pause=0).ask(QUERY)
    assert len(double.requests) == 3
    assert len(clock.waits) == 2


NEVER = [(400, "cannot read"), (401, "again"), (403, "contact"), (404, "--endpoint")]


@pytest.mark.parametrize(("code", "words"), NEVER)
def test_what_will_not_change_is_not_asked_again(double: Double, code: int, words: str) -> None:
    double.faults = {1: status(code)}
    with pytest.raises(RefreshError, match=f"status {code}.*{words}"):
        service(double, Watch()).ask(QUERY)
    assert len(double.requests) == 1


def test_a_service_that_is_not_there_is_told_of() -> None:
    asking = Service("http://127.0.0.1:9/", CONTACT, Manners(attempts=2), lambda line: None, clock=Watch())
    with pytest.raises(RefreshError, match="cannot be reached"):
        asking.ask(QUERY)


@pytest.mark.parametrize("contact", ["", "me", "a@b\r\nX-Header: 1", "two words@example.org", "ftp://example.org"])
def test_nobody_asks_without_a_contact(contact: str) -> None:
    with pytest.raises(ParameterError, match="e-mail or web address"):
        Service("http://127.0.0.1:9/", contact, Manners(), lambda line: None)


@pytest.mark.parametrize("endpoint", ["", "query.wikidata.org/sparql", "file:///etc/passwd", "http://"])
def test_an_endpoint_is_an_address(endpoint: str) -> None:
    with pytest.raises(ParameterError, match="the endpoint must be an address"):
        Service(endpoint, CONTACT, Manners(), lambda line: None)


def test_the_double_can_see_two_requests_at_once(double: Double) -> None:
    # What the tests of politeness rest on: the double would have noticed.
    double.faults = {1: slow(5), 2: slow(5)}
    threads = [threading.Thread(target=service(double, SystemClock()).ask, args=(QUERY,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    while len(double.requests) < 2:
        double.over.wait(0.01)
    double.over.set()
    for thread in threads:
        thread.join()
    assert max(request.at_once for request in double.requests) == 2
