"""Figures of the network: each says what the ties are, as SVG that is well formed and as PNG."""

import builtins
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from citydip.curation.networks.ties import City, Tie, TieNetwork
from citydip.model.dates import Bounds
from citydip.model.errors import NotFoundError, ParameterError
from citydip.services.networks.figures import FIGURES, as_png, draw

SVG = "{http://www.w3.org/2000/svg}"
CITIES = {
    "a": City({"en": "A & <b>", "fa": "آ"}, (51.7, 32.7), "IR"),
    "b": City({"en": "B", "fa": "ب"}, (13.4, 52.5), "DE"),
    "c": City({"en": "C"}, (-122.4, 37.8), "US"),
    "d": City({"en": "D"}, None, ""),
}


def signed(year: int) -> dict[str, list[Bounds]]:
    return {"signedOn": [Bounds(date(year, 1, 1), date(year, 12, 31))]}


TIES = [
    Tie(("a", "b"), "signed", dates=signed(1990)),
    Tie(("a", "c"), "signed", dates=signed(1990)),
    Tie(("b", "c"), "signed", dates=signed(2000)),
    Tie(("a", "d"), "attested"),
    Tie(("a", "b"), "attested"),
]
NETWORK = TieNetwork(TIES, CITIES, {"IR": {"en": "Iran", "fa": "ایران"}, "DE": {"en": "Germany"}})


def drawn(name: str, ties: list[Tie] = TIES, **given: str) -> ET.Element:
    return ET.fromstring(draw(name, NETWORK, ties, **{"city": "a" if name == "ego" else "", **given}))


def titles(figure: ET.Element) -> set[str]:
    return {element.text or "" for element in figure.iter(f"{SVG}title")}


def test_figures_say_what_the_ties_are() -> None:
    assert {"1: 1", "2: 2", "3: 1"} <= titles(drawn("degrees"))
    assert {"1990: 2", "2000: 1"} <= titles(drawn("years"))
    assert {"DE – IR: 1", "IR – US: 1", "DE – US: 1", "IR – IR: 0"} <= titles(drawn("countries"))
    assert {"DE – IR: 1", "IR – US: 1", "DE – US: 1"} <= titles(drawn("map"))
    words = {element.text for element in drawn("countries", language="fa").iter(f"{SVG}text")}
    assert {"ایران", "DE", "US"} <= words
    ego = drawn("ego")
    assert {element.text for element in ego.iter(f"{SVG}text")} == {"A & <b>", "B", "C", "D"}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_figure_has_a_title_and_is_a_picture(name: str, language: str) -> None:
    svg = draw(name, NETWORK, TIES, language=language, city="a")
    assert ET.fromstring(svg)[0].tag == f"{SVG}title"
    assert svg == draw(name, NETWORK, list(reversed(TIES)), language=language, city="a")
    png = as_png(svg, 320)
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") == 320


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "ego"])
def test_without_ties_a_figure_is_empty_and_no_error(name: str) -> None:
    assert drawn(name, []).tag == f"{SVG}svg"


def test_what_cannot_be_drawn_is_told() -> None:
    with pytest.raises(NotFoundError, match="there are: degrees"):
        draw("nothing", NETWORK, TIES)
    with pytest.raises(ParameterError, match="needs a city"):
        draw("ego", NETWORK, TIES)
    with pytest.raises(NotFoundError, match="none of the ties"):
        draw("ego", NETWORK, TIES, city="nowhere")


def test_without_the_library_for_png_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "resvg_py":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ParameterError, match=r"pip install 'citydip\[figures\]'"):
        as_png("<svg/>")
