"""What every request meets first, and how parameters and requests are read and counted."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import generate_latest

from citydip.model.errors import ParameterError
from citydip.web.observing import Observations
from citydip.web.protocol import read_pairs

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6))
def test_parameters_are_read_as_they_were_written(pairs: list[tuple[str, str]]) -> None:
    assert read_pairs(urlencode(pairs)) == pairs


@pytest.mark.parametrize("form", ["a=%FF", "%C3=a", "a=%D8%AA%D9"])
def test_parameters_that_are_not_utf_8_are_refused(form: str) -> None:
    with pytest.raises(ParameterError, match="cannot be read"):
        read_pairs(form)


def test_a_query_in_persian_is_read() -> None:
    assert read_pairs("query=%D8%AA%D9%87%D8%B1%D8%A7%D9%86+x&y") == [("query", "تهران x"), ("y", "")]


def test_there_is_an_end_to_parameters() -> None:
    assert len(read_pairs("&".join(["a=1"] * 200))) == 200
    with pytest.raises(ParameterError, match="200"):
        read_pairs("&".join(["a=1"] * 201))


def test_times_are_counted_up_to_each_bound() -> None:
    observations = Observations("")
    for seconds in (0.001, 0.005, 0.0051, 2, 100):
        observations.count("/sparql", 200, seconds, 10)
    observations.count("/sparql", 404, 0.3, 1)
    lines = generate_latest(observations.registry).decode().splitlines()
    assert 'citydip_requests_total{route="/sparql",status="200"} 5.0' in lines
    assert 'citydip_requests_total{route="/sparql",status="404"} 1.0' in lines
    assert 'citydip_sent_bytes_total{route="/sparql"} 51.0' in lines
    for bound, count in (("0.005", 2), ("0.01", 3), ("0.25", 3), ("0.5", 4), ("2.5", 5), ("60.0", 5), ("+Inf", 6)):
        assert f'citydip_request_seconds_bucket{{le="{bound}",route="/sparql"}} {count:.1f}' in lines
    assert 'citydip_request_seconds_count{route="/sparql"} 6.0' in lines
