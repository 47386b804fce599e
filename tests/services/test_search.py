"""Finding things by any of their names, however these are typed."""

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citydip.curation.snapshot import Snapshot
from citydip.model.errors import IndexMissingError, ParameterError, QueryTimeoutError, ServiceBusyError
from citydip.model.names import fold
from citydip.model.settings import Settings
from citydip.model.terms import shorten
from citydip.services.search import LONGEST, MOST, Found, Question, Search


@pytest.fixture(scope="module")
def search(snapshot: Snapshot) -> Iterator[Search]:
    opened = Search(snapshot, Settings(search_timeout=30))
    yield opened
    asyncio.run(opened.close())


def ask(search: Search, text: str, *languages: str, limit: int = 20, **chosen: str) -> Found:
    values = {facet: (value,) for facet, value in chosen.items()}
    return search.ask_now(Question(text, languages or ("en",), values, limit=limit))


def things(found: Found) -> list[str]:
    return [shorten(hit.thing.iri) for hit in found.hits]


ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0"
FIRST = [
    # Persian letters typed as Arabic ones, with and without the non-joiner.
    ("قاليباف", "person:mohammad-bagher-ghalibaf"),
    ("محمدباقر قاليباف", "person:mohammad-bagher-ghalibaf"),
    ("محمد باقر قالیباف", "person:mohammad-bagher-ghalibaf"),
    ("محمد‌باقر قالیباف", "person:mohammad-bagher-ghalibaf"),
    ("معصومي‌فر", "person:ahmad-masoumifar"),
    ("معصومی فر", "person:ahmad-masoumifar"),
    ("معصومیفر", "person:ahmad-masoumifar"),
    ("كلان شهرهاي جهان", "organization:metropolis"),
    ("مَشهَد", "city:mashhad"),
    # One city in Persian, Arabic and several Latin spellings.
    ("اصفهان", "city:isfahan"),
    ("أصفهان", "city:isfahan"),
    ("Isfahan", "city:isfahan"),
    ("ISFAHĀN", "city:isfahan"),
    ("Isphahan", "city:isfahan"),
    ("Ghazvin", "city:qazvin"),
    ("Kazvin", "city:qazvin"),
    ("Teheran", "city:tehran"),
    # Latin spellings of Persian names, and Persian ones of names that are known in Latin only.
    ("Qalibaf", "person:mohammad-bagher-ghalibaf"),
    ("Ghalibaf", "person:mohammad-bagher-ghalibaf"),
    ("Mohammed Bagher Qalibaf", "person:mohammad-bagher-ghalibaf"),
    ("زاکانی", "person:alireza-zakani"),
    ("علیرضا زاکانی", "person:alireza-zakani"),
    # Spellings of the articles.
    ("USLG", "organization:uclg"),
    ("قاضیانتپ", "city:gaziantep"),
    ("قاضی انتپ", "city:gaziantep"),
    ("قاضی\u200cانتپ", "city:gaziantep"),
    ("مسعودی فر", "person:ahmad-masoumifar"),
    ("قدیرتوپاش", "person:kadir-topbas"),
    # Identifiers, addresses and prefixed names.
    ("Q3616", "city:tehran"),
    ("q3616", "city:tehran"),
    ("112931", "city:tehran"),
    ("۱۱۲۹۳۱", "city:tehran"),
    ("IR", "country:iran"),
    ("https://www.wikidata.org/wiki/Q3616", "city:tehran"),
    ("https://sws.geonames.org/112931/", "city:tehran"),
    ("https://w3id.org/citydip/id/city/tehran", "city:tehran"),
    ("city:tehran", "city:tehran"),
    # Letters wrong, missing, too many, swapped.
    ("Mashad", "city:mashhad"),
    ("Tabris", "city:tabriz"),
    ("Tabirz", "city:tabriz"),
    ("Meetropolis", "organization:metropolis"),
    ("Mashad municipalty", "organization:mashhad-municipality"),
    # As one types; words in any order.
    ("teh", "city:tehran"),
    ("مشه", "city:mashhad"),
    ("mashhad municip", "organization:mashhad-municipality"),
    ("municipality mashhad", "organization:mashhad-municipality"),
    ("TOPBAŞ", "person:kadir-topbas"),
    # With its country.
    ("Shiraz, Iran", "city:shiraz"),
    ("Iran Shiraz", "city:shiraz"),
]


@pytest.mark.parametrize(("text", "thing"), FIRST)
def test_what_is_meant_comes_first(search: Search, text: str, thing: str) -> None:
    assert things(ask(search, text))[:1] == [thing]


def test_another_spelling_is_near_the_top_beside_names_that_begin_so(search: Search) -> None:
    assert "city:isfahan" in things(ask(search, "Esfahan"))[:3]


def test_kinds_of_answers_rank_in_their_order(search: Search) -> None:
    ranks = ("exact", "prefix", "alike", "words", "inside", "close")
    found = ask(search, "Tehran", limit=100)
    hows = [hit.matched.how for hit in found.hits]
    assert {"exact", "prefix", "words"} <= set(hows)
    statement = [kind_of(hit.kinds[0].iri) for hit in found.hits].index("agreement")
    for part in (hows[:statement], hows[statement:]):
        assert part == sorted(part, key=ranks.index)
    assert things(found)[0] == "city:tehran"


def kind_of(iri: str) -> str:
    return iri.rpartition("#")[2].lower()


def test_of_equal_answers_those_come_first_that_most_is_said_about(search: Search) -> None:
    found = [hit for hit in ask(search, "t", limit=100).hits if hit.matched.how == "prefix"]
    said = [hit.statements for hit in found[: [hit.statements for hit in found].index(0)]]
    assert len(said) > 5
    assert said == sorted(said, reverse=True)


def test_a_result_says_which_name_matched_and_is_labelled_for_its_reader(search: Search) -> None:
    (hit,) = [hit for hit in ask(search, "قاضیانتپ", "fa").hits if shorten(hit.thing.iri) == "city:gaziantep"]
    assert (hit.matched.text, hit.matched.language, hit.matched.kind) == ("قاضیانتپ", "fa", "spelling")
    assert hit.thing.label.startswith("غازی")
    assert [kind.label for kind in hit.kinds] == ["شهر"]
    assert [country.label for country in hit.countries] == ["ترکیه"]
    english = ask(search, "قاضیانتپ", "en").hits[0]
    assert (english.thing.label, english.thing.language, english.kinds[0].label) == ("Gaziantep", "en", "city")
    identified = ask(search, "Q3616").hits[0].matched
    assert (identified.text, identified.language, identified.kind) == ("Q3616", "wikidata", "identifier")


@pytest.mark.parametrize(("languages", "label"), [(("fa",), "تهران"), (("xx", "fa"), "تهران"), (("xx",), "Tehran")])
def test_labels_fall_back_along_the_reader_s_languages(search: Search, languages: tuple[str, ...], label: str) -> None:
    assert ask(search, "Q3616", *languages).hits[0].thing.label == label


def test_results_are_counted_and_chosen_by_facet(search: Search) -> None:
    found = ask(search, "tehran", limit=100)
    counts = {facet: {shorten(c.value.iri): c.count for c in values} for facet, values in found.facets.items()}
    assert counts["kind"]["cd:Municipality"] >= 1
    assert counts["country"]["country:iran"] > 10
    agreements = ask(search, "tehran", kind="Agreement", limit=100)
    assert agreements.total == counts["kind"]["cd:Agreement"] == len(agreements.hits)
    assert set(agreements.facets["country"]) >= {c for c in agreements.facets["country"] if c.count == agreements.total}
    for text in ("cd:Agreement", "https://w3id.org/citydip/ontology#Agreement"):
        assert ask(search, "tehran", kind=text).total == agreements.total
    for text in ("IR", "ir", "country:iran", "iran"):
        assert ask(search, "tehran", country=text).total == counts["country"]["country:iran"]
    members = ask(search, "te", network="organization:metropolis")
    assert things(members) == ["city:tehran"]


def test_a_class_stands_for_those_below_it(search: Search) -> None:
    found = ask(search, "municipality", kind="Organization", limit=100)
    assert "cd:Municipality" in {shorten(kind.iri) for hit in found.hits for kind in hit.kinds}


@pytest.mark.parametrize(
    ("facet", "value"), [("kind", "Towne"), ("country", "Atlantis"), ("network", "organization:none"), ("kind", "")]
)
def test_a_value_that_there_is_not_is_told(search: Search, facet: str, value: str) -> None:
    with pytest.raises(ParameterError, match=f"there is no {facet}"):
        search.ask_now(Question("tehran", chosen={facet: (value,)}))


def test_pages_are_parts_of_one_list(search: Search) -> None:
    whole = things(ask(search, "tehran", limit=60))
    parts = [
        shorten(hit.thing.iri)
        for offset in (0, 20, 40)
        for hit in search.ask_now(Question("tehran", offset=offset, limit=20)).hits
    ]
    assert parts == whole
    assert search.ask_now(Question("tehran", offset=MOST)).hits == ()
    suggested = search.ask_now(Question("tehran", limit=10, facets=False))
    assert [shorten(hit.thing.iri) for hit in suggested.hits] == whole[:10]


def test_more_than_are_counted_is_told(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not ask(search, "tehran").more
    monkeypatch.setattr("citydip.services.search.MOST", 30)
    found = ask(search, "tehran", limit=50)
    assert (found.total, found.more, len(found.hits)) == (30, True, 30)


def names(snapshot: Snapshot) -> list[tuple[str, str]]:
    connection = sqlite3.connect(f"{snapshot.index.as_uri()}?mode=ro", uri=True)
    rows = connection.execute("SELECT iri, text FROM name JOIN thing ON thing.id = thing ORDER BY name.id").fetchall()
    connection.close()
    return [(iri, text) for iri, text in rows if len(text) <= LONGEST]


CHANGES: dict[str, Callable[[str], str]] = {
    "yeh": lambda text: text.replace("ی", "ي"),
    "kaf": lambda text: text.replace("ک", "ك"),
    "no joiner": lambda text: text.replace("\u200c", ""),
    "space": lambda text: text.replace("\u200c", " "),
    "joiner": lambda text: text.replace(" ", "\u200c"),
    "no space": lambda text: text.replace(" ", ""),
    "capitals": str.upper,
    "small": str.lower,
    "marks": lambda text: text.replace("a", "ā").replace("م", "مّ"),
    "digits": lambda text: "".join(chr(0x06F0 + int(c)) if c in "0123456789" else c for c in text),
    "hamza": lambda text: text.replace("ا", "أ"),
    "around": lambda text: f"  «{text}» ",
}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), changes=st.lists(st.sampled_from(sorted(CHANGES)), max_size=4))
def test_a_name_finds_its_thing_through_all_changes_that_mean_nothing(
    search: Search, snapshot: Snapshot, data: st.DataObject, changes: list[str]
) -> None:
    iri, text = data.draw(st.sampled_from(names(snapshot)))
    for change in changes:
        text = CHANGES[change](text)
    found = [hit for hit in ask(search, text, limit=100).hits if hit.thing.iri == iri]
    assert found
    assert found[0].matched.how == "exact"
    assert fold(found[0].matched.text) == fold(text) or found[0].matched.kind == "identifier"


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_city_is_found_with_a_letter_wrong(search: Search, snapshot: Snapshot, data: st.DataObject) -> None:
    cities = [(iri, text) for iri, text in names(snapshot) if "/id/city/" in iri and len(fold(text)) > 5]
    iri, text = data.draw(st.sampled_from(cities))
    at = data.draw(st.integers(1, len(text) - 1))
    before, letter, after = text[:at], text[at], text[at + 1 :]
    wrong = data.draw(st.sampled_from([before + after, f"{before}x{letter}{after}", f"{before}x{after}"]))
    assert iri in {hit.thing.iri for hit in ask(search, wrong).hits}


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text(max_size=LONGEST)
    | st.text(st.sampled_from("\"*()'^:-+{}\\AND OR NOT NEAR%_ \u200cتهران"), max_size=80)
    | st.text(st.characters(codec=None), max_size=60)
)
def test_any_text_gets_an_answer(search: Search, text: str) -> None:
    found = ask(search, text)
    assert found.total >= len(found.hits)
    assert all(hit.thing.label and hit.matched.text for hit in found.hits)


@pytest.mark.parametrize(
    "text", ["", " ", "؟", "\u200c", "\x00", "\ud800", "🏙", "%", '"', "a" * LONGEST, "ا " * (LONGEST // 2), "x1 " * 100]
)
def test_odd_texts_get_an_answer(search: Search, text: str) -> None:
    ask(search, text, kind="City")


def test_a_question_that_is_too_long_is_refused(search: Search) -> None:
    with pytest.raises(ParameterError, match=str(LONGEST)):
        asyncio.run(search.ask(Question("a" * (LONGEST + 1))))


def test_a_search_ends_at_its_deadline(snapshot: Snapshot) -> None:
    search = Search(snapshot, Settings(search_timeout=0.000_001))
    with pytest.raises(QueryTimeoutError):
        search.ask_now(Question("tehran"))
    asyncio.run(search.close())


def test_the_deadline_ends_what_sqlite_does(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citydip.services.finding.EXACT", ENDLESS)
    monkeypatch.setattr(search, "_settings", Settings(search_timeout=0.2))
    began = time.monotonic()
    with pytest.raises(QueryTimeoutError):
        search.ask_now(Question("tehran"))
    assert time.monotonic() - began < 10


def test_the_event_loop_goes_on_while_a_search_runs(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citydip.services.finding.EXACT", ENDLESS)
    monkeypatch.setattr(search, "_settings", Settings(search_timeout=0.5))

    async def ticks() -> int:
        asking = asyncio.create_task(search.ask(Question("tehran")))
        count = 0
        while not asking.done():
            await asyncio.sleep(0.01)
            count += 1
        assert isinstance(asking.exception(), QueryTimeoutError)
        return count

    assert asyncio.run(ticks()) > 5


def test_many_may_ask_at_once_but_not_any_number(snapshot: Snapshot) -> None:
    search = Search(snapshot, Settings(queue=3, search_timeout=30))

    async def all_at_once() -> list[Found | BaseException]:
        asked = await asyncio.gather(*(search.ask(Question("tehran")) for _ in range(20)), return_exceptions=True)
        await search.close()
        return asked

    asked = asyncio.run(all_at_once())
    answered = [found.total for found in asked if isinstance(found, Found)]
    assert len(answered) == 5
    assert len(set(answered)) == 1
    assert sum(isinstance(error, ServiceBusyError) for error in asked) == 15


def test_a_closed_search_answers_no_more(snapshot: Snapshot) -> None:
    search = Search(snapshot, Settings())
    asyncio.run(search.close())
    with pytest.raises(ServiceBusyError):
        asyncio.run(search.ask(Question("tehran")))


def test_a_snapshot_without_an_index_says_what_to_do(snapshot: Snapshot, tmp_path: Path) -> None:
    shutil.copytree(snapshot.path, tmp_path / snapshot.version)
    bare = Snapshot.open(tmp_path / snapshot.version)
    bare.index.unlink()
    with pytest.raises(IndexMissingError, match="citydip build"):
        asyncio.run(Search(bare, Settings()).ask(Question("tehran")))


def test_the_index_is_read_only(snapshot: Snapshot, tmp_path: Path) -> None:
    shutil.copytree(snapshot.path, tmp_path / snapshot.version)
    copied = Snapshot.open(tmp_path / snapshot.version)
    for path in (copied.index, copied.path):
        path.chmod(0o555)
    before = (copied.index.read_bytes(), sorted(copied.path.iterdir()))
    search = Search(copied, Settings())
    assert search.ask_now(Question("tehran")).total
    asyncio.run(search.close())
    copied.path.chmod(0o755)
    assert (copied.index.read_bytes(), sorted(copied.path.iterdir())) == before
