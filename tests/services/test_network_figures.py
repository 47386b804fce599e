"""Figures of the network: each says what the ties are, as SVG that is well formed and as PNG."""

import builtins
import importlib.resources
import re
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from citydip.curation.networks.ties import City, Tie, TieNetwork
from citydip.model.dates import Bounds
from citydip.model.errors import NotFoundError, ParameterError
from citydip.services.networks.drawing import land
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
    return ET.fromstring(draw(name, NETWORK, ties, **{"city": "a" if name == "ego" else "", "version": "0f", **given}))


def titles(figure: ET.Element) -> set[str]:
    return {element.text or "" for element in figure.iter(f"{SVG}title")}


def texts(figure: ET.Element) -> set[str]:
    return {element.text or "" for element in figure.iter(f"{SVG}text")}


def test_a_figure_tells_what_it_leaves_out_and_of_which_data_it_is() -> None:
    assert {"3 of 5 ties have a date", "citydip 0f"} <= texts(drawn("years"))
    assert "\u2067۳ از ۵ پیوند تاریخ دارد\u2069" in texts(drawn("years", language="fa"))
    many = [Tie(("a", f"n{number:03d}"), "attested") for number in range(100)]
    assert "80 of 100 partners" in texts(drawn("ego", many))
    countries = {f"n{n:03d}": City({"en": "N"}, (n, 0), chr(65 + n // 26) + chr(65 + n % 26)) for n in range(100)}
    apart = TieNetwork([], {**CITIES, **countries})
    assert "25 of 101 countries" in texts(ET.fromstring(draw("countries", apart, many)))


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert "10" in texts(drawn("degrees"))
    assert {"۱", "۱۰"} <= texts(drawn("degrees", language="fa"))
    assert {"1990", "2000"} <= texts(drawn("years"))
    assert {"۱۹۹۰", "۲۰۰۰"} <= texts(drawn("years", language="fa"))


def test_the_map_has_the_coasts_that_the_site_has_and_stands_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citydip.services.networks.spatial.land", lambda: "M0 0L9 9Z")
    assert any(path.get("d") == "M0 0L9 9Z" for path in drawn("map").iter(f"{SVG}path"))
    monkeypatch.setattr("citydip.services.networks.spatial.land", lambda: "")
    assert {"DE – IR: 1", "IR – US: 1", "DE – US: 1"} <= titles(drawn("map"))
    built = importlib.resources.files("citydip").joinpath("web", "static", "built", "land.svg")
    assert land() == (re.findall(r' d="([^"]*)"', built.read_text())[0] if built.is_file() else "")


def test_figures_say_what_the_ties_are() -> None:
    assert {"1: 1", "2: 2", "3: 1"} <= titles(drawn("degrees"))
    assert {"1990: 2", "2000: 1"} <= titles(drawn("years"))
    assert {"DE – IR: 1", "IR – US: 1", "DE – US: 1", "IR – IR: 0"} <= titles(drawn("countries"))
    assert {"DE – IR: 1", "IR – US: 1", "DE – US: 1"} <= titles(drawn("map"))
    assert {"ایران", "DE", "US"} <= texts(drawn("countries", language="fa"))
    ego = drawn("ego")
    assert texts(ego) == {"A & <b>", "B", "C", "D", "Partners of A & <b>", "citydip 0f"}


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
