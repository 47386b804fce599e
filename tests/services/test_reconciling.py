"""What is compared when rows are matched: readings of a text, likeness of names, evidence, paths, decisions."""

import pytest

from citydip.model.errors import ParameterError
from citydip.services.matching import want
from citydip.services.reconciling.candidates import About, Named
from citydip.services.reconciling.evidence import agreement, agreement_of_values, point_of
from citydip.services.reconciling.extension import read_demand
from citydip.services.reconciling.names import likeness, readings
from citydip.services.reconciling.properties import PROPERTIES, Value, property_named
from citydip.services.reconciling.query import Candidate, Condition, Given
from citydip.services.reconciling.score import decide, score


@pytest.mark.parametrize(
    ("text", "key", "places", "kind"),
    [
        ("Springfield, Illinois", "springfield", ("Illinois",), ""),
        ("Tehran (Iran)", "tehran", ("Iran",), ""),
        ("Konya - Türkiye", "konya", ("Türkiye",), ""),
        ("City of Kazan", "kazan", (), "City"),
        ("شهر قم", "قم", (), "City"),
        ("شهرداري مشهد", "مشهد", (), "Municipality"),
        ("Prefeitura Municipal de Capivari", "capivari", (), "Municipality"),
        ("Konya Büyükşehir Belediyesi", "konya", (), "Municipality"),
        ("Hiroshima City Government", "hiroshima", (), "Municipality"),
        ("St. Petersburg", "saintpetersburg", (), ""),
        ("An Najaf", "najaf", (), ""),
        ("النجف الأشرف", "النجف", (), "City"),
        ("Тегеран", "теhеран", (), ""),
    ],
)
def test_a_text_is_read_in_each_way(text: str, key: str, places: tuple[str, ...], kind: str) -> None:
    found = readings(text)
    assert found[0].wanted.text == text
    assert found[0].worth == max(one.worth for one in found) == 1
    assert (key, places, kind) in [(one.wanted.key, one.places, one.kind) for one in found]


@pytest.mark.parametrize("text", ["", "!!!", "؟", " , "])
def test_a_text_without_letters_has_no_reading(text: str) -> None:
    assert readings(text) == []


def test_the_nearer_name_is_the_more_like_one() -> None:
    def like(name: str) -> float:
        return likeness(want("Mashhad"), name, want(name).key)

    found = [like(name) for name in ("Mashhad", "Mashad", "Mashhad Municipality", "Tehran")]
    assert found == sorted(found, reverse=True)
    assert found[0] == 1
    assert found[-1] < 0.5
    assert likeness(want("Ghalibaf Mohammad"), "Mohammad Ghalibaf", "mohammadghalibaf") > 0.96


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("35.7, 51.4", (35.7, 51.4)),
        ("35.7 51.4", (35.7, 51.4)),
        ("-34.6;-58.4", (-34.6, -58.4)),
        ("POINT(51.4 35.7)", (35.7, 51.4)),
        ("Point (51.4 35.7)", (35.7, 51.4)),
        ("95, 10", None),
        ("somewhere", None),
        ("35", None),
    ],
)
def test_points_are_read_as_people_and_as_wkt_write_them(text: str, point: tuple[float, float] | None) -> None:
    assert point_of(text) == point


def agreed(name: str, *texts: str, quantifier: str = "any") -> float | None:
    thing = About("city:x", 1, {"country": {1}, "kind": {5}}, {1, 2}, (35.7, 51.4), 1_000_000)
    resolved = {"Iran": {1}, "Iraq": {3}, "Fars": {2}}
    return agreement(Condition(name, tuple(map(Given, texts)), False, quantifier), thing, resolved)


def test_what_the_index_knows_agrees_or_contradicts() -> None:
    assert agreed("country", "Iran") == agreed("division", "Fars") == agreed("country", "Iraq", "Iran") == 1
    assert agreed("country", "Iraq") == agreed("country", "Iran", quantifier="none") == -1
    assert agreed("country", "Iran", "Iraq", quantifier="all") == -1
    assert agreed("coordinates", "35.7, 51.5") == 1
    assert agreed("coordinates", "0, 0") == -1
    assert agreed("population", "1,000,000") == 1
    falling = [agreed("population", str(people)) for people in (10**6, 800_000, 510_000, 490_000, 300_000, 200_000, 10)]
    assert falling == sorted(falling, key=lambda one: -(one or 0))
    assert falling[-1] == -1


@pytest.mark.parametrize(("name", "text"), [("country", "Narnia"), ("coordinates", "nowhere"), ("population", "many")])
def test_what_nobody_can_read_says_nothing(name: str, text: str) -> None:
    assert agreed(name, text) is None


def test_what_the_graph_does_not_have_is_no_contradiction() -> None:
    mayor = Condition("mayor", (Given("Ghalibaf"),))
    known = Value("person:x", "Mohammad Bagher Ghalibaf", "en", "", ("Mohammad Bagher Ghalibaf", "قالیباف"))
    assert agreement_of_values(mayor, [known]) is not None
    assert agreement_of_values(mayor, [Value("person:y", "Somebody Else")]) is None
    assert agreement_of_values(mayor, []) is None


def test_a_period_agrees_with_a_day_in_it() -> None:
    day = Value("date:x", earliest="1998-05-03", latest="1998-05-03")
    assert agreement_of_values(Condition("date", (Given("1998"),)), [day]) == 1
    assert agreement_of_values(Condition("date", (Given("1998-05"),)), [day]) == 1
    assert agreement_of_values(Condition("date", (Given("1999"),)), [day]) is None


@pytest.mark.parametrize(
    "path", ["cd:locatedIn", "^cd:mayorOf/rdfs:label", "cd:tiedWith|cd:twinnedWith", "<urn:a>/cd:b"]
)
def test_paths_are_properties(path: str) -> None:
    assert property_named(path).pattern == f"?thing {path} ?value ."


@pytest.mark.parametrize(
    "path",
    [
        "",
        "nothing:here",
        "cd:a cd:b",
        "cd:a } UNION { ?s ?p ?o",
        "<urn:a> . ?x <urn:b>",
        "!cd:a",
        "(cd:a)",
        "cd:a//cd:b",
    ],
)
def test_what_is_no_path_never_reaches_a_query(path: str) -> None:
    with pytest.raises(ParameterError, match="path"):
        property_named(path)


def test_each_property_has_a_name_in_both_languages() -> None:
    assert all({"en", "fa"} <= one.labels.keys() and one.description for one in PROPERTIES.values())


@pytest.mark.parametrize("settings", [[], {"limit": -1}, {"status": "x"}, {"references": "x"}, {"as_of": "1998"}])
def test_settings_that_nobody_can_meet_are_refused(settings: object) -> None:
    with pytest.raises(ParameterError):
        read_demand(settings)


def weighed(*candidates: tuple[float, int, dict[str, float]]) -> list[Candidate]:
    """Return candidates with these likenesses, populations and evidence, decided."""
    found = []
    for number, (like, population, evidence) in enumerate(candidates):
        one = Candidate(number)
        score(one, Named(like, "x", 0), About("city:x", 1, population=population), evidence, None)
        found.append(one)
    found.sort(key=lambda one: -one.score)
    decide(found)
    return found


def test_only_a_clear_lead_is_a_match() -> None:
    assert weighed((1.0, 9_000_000, {}), (1.0, 400_000, {}))[0].match
    assert not weighed((1.0, 1_000_000, {}), (1.0, 200_000, {}))[0].match
    assert weighed((1.0, 1_000_000, {"country": 1.0}), (1.0, 200_000, {"country": -1.0}))[0].match
    assert weighed((1.0, 20_000, {}))[0].match
    assert not weighed((1.0, 20_000, {"country": -1.0}))[0].match
    assert not weighed((0.8, 9_000_000, {"country": 1.0}))[0].match


def test_scores_lie_between_0_and_100() -> None:
    assert weighed((1.0, 10**9, {"country": 1.0}))[0].score == 100
    assert weighed((0.0, 0, {"country": -1.0}))[0].score >= 0
