"""What is written for QuickStatements is read there as the same statements, in both of its languages."""

import datetime
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from citydip.curation.giving_back.quickstatements import as_csv, as_v1, spelled
from citydip.curation.giving_back.statements import Item, Snak, Statement, Text, Time, Url, Value, monolingual, url
from tests.curation.giving_back.reading import read_csv, read_v1

NASTY = st.text(st.sampled_from("ab\"'\t\n\r|,;:/*{}[]\\ \u200c\u2028\x00\x85تهران“”é+-0Q1S"), max_size=30) | st.text()


@st.composite
def times(draw: st.DrawFn) -> Time:
    day = draw(st.dates(datetime.date(1000, 1, 1), datetime.date(2999, 12, 31)))
    precision = draw(st.sampled_from([7, 8, 9, 10, 11]))
    day = day.replace(month=day.month if precision >= 10 else 1, day=day.day if precision >= 11 else 1)
    return Time(day.isoformat(), precision, draw(st.booleans()))


ITEMS = st.integers(1, 10**9).map(lambda number: Item(f"Q{number}"))


@st.composite
def texts(draw: st.DrawFn) -> Text:
    made = monolingual(draw(NASTY), draw(st.sampled_from(["en", "fa", "zh-hant", "be-tarask"])))
    assume(made is not None)
    assert made is not None
    return made


URLS = NASTY.map(lambda text: url(f"http://x.ir/{text}"))


def snaks(values: dict[str, st.SearchStrategy[Value]], most: int) -> st.SearchStrategy[tuple[Snak, ...]]:
    pairs = st.one_of([st.tuples(st.just(name), value) for name, value in values.items()])
    # Properties stand in a fixed order, those of one property one after the other.
    return st.lists(pairs, max_size=most, unique=True).map(lambda found: tuple(sorted(found, key=lambda p: p[0])))


QUALIFIERS = snaks({"P580": times(), "P582": times(), "P585": times(), "P1001": ITEMS}, 4)
PARTS = snaks({"P1476": texts(), "P577": times(), "P813": times(), "P123": ITEMS, "P1065": URLS}, 5)
REFERENCES = st.lists(st.builds(lambda page, rest: (("P854", page), *rest), URLS, PARTS), max_size=3, unique=True)
STATEMENTS = st.lists(
    st.builds(
        Statement,
        ITEMS.map(lambda item: item.qid),
        st.sampled_from(["P190", "P463", "P6", "P39"]),
        ITEMS,
        QUALIFIERS,
        REFERENCES.map(tuple),
    ),
    max_size=6,
    unique_by=lambda statement: (statement.subject, statement.property, statement.value, statement.qualifiers),
)


def in_order(statements: list[Statement]) -> list[Statement]:
    """Put what has no order into one: columns of a table stand in the order in which they were first needed."""
    return sorted(
        (
            Statement(s.subject, s.property, s.value, _sorted(s.qualifiers), tuple(sorted(map(_sorted, s.references))))
            for s in statements
        ),
        key=repr,
    )


def _sorted(snaks: tuple[Snak, ...]) -> tuple[Snak, ...]:
    return tuple(sorted(snaks, key=repr))


@given(STATEMENTS)
def test_v1_is_read_as_what_was_written(statements: list[Statement]) -> None:
    assert in_order(read_v1(as_v1(statements))) == in_order(statements)


@given(STATEMENTS)
def test_the_table_of_v2_says_the_same_as_v1(statements: list[Statement]) -> None:
    assert in_order(read_csv(as_csv(statements))) == in_order(read_v1(as_v1(statements)))


@given(NASTY, st.sampled_from(["en", "fa"]))
def test_a_text_keeps_its_words_or_is_not_written(text: str, language: str) -> None:
    letters = "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cs"))
    made = monolingual(text, language)
    assert (made is None) == (not letters or "|" in text)
    if made:
        assert "".join(made.text.split()) == letters


def test_a_reference_is_a_line_of_its_own_with_everything_that_is_known() -> None:
    references = (
        (
            ("P854", url("http://x.ir/a b?q=1|2")),
            ("P1476", Text('The "Silk" Road, کتاب‌ها', "en")),
            ("P123", Item("Q9")),
            ("P577", Time("2016-09-01", 10)),
            ("P1065", Url("https://web.archive.org/web/2018/http://x.ir/a")),
            ("P813", Time("2018-05-25", 11)),
        ),
        (("P854", Url("http://y.ir/")),),
    )
    statement = Statement("Q1", "P190", Item("Q2"), (("P585", Time("2016-09-23", 11)),), references)
    first, second = as_v1([statement]).splitlines()
    assert first == "\t".join(
        [
            *("Q1", "P190", "Q2", "P585", "+2016-09-23T00:00:00Z/11"),
            *("S854", '"http://x.ir/a%20b?q=1%7C2"', "S1476", 'en:"The "Silk" Road, کتاب‌ها"', "S123", "Q9"),
            *("S577", "+2016-09-00T00:00:00Z/10", "S1065", '"https://web.archive.org/web/2018/http://x.ir/a"'),
            *("S813", "+2018-05-25T00:00:00Z/11"),
        ]
    )
    assert second == 'Q1\tP190\tQ2\tP585\t+2016-09-23T00:00:00Z/11\tS854\t"http://y.ir/"'
    header, *rows = as_csv([statement]).splitlines()
    assert header == "qid,P190,qal585,S854,s1476,s123,s577,s1065,s813"
    assert len(rows) == 2
    assert '"en:""The ""Silk"" Road, کتاب‌ها"""' in rows[0]


@pytest.mark.parametrize(
    ("time", "written"),
    [
        (Time("2016-09-23", 11), "+2016-09-23T00:00:00Z/11"),
        (Time("2016-09-01", 10), "+2016-09-00T00:00:00Z/10"),
        (Time("2016-01-01", 9), "+2016-00-00T00:00:00Z/9"),
        (Time("1990-01-01", 8), "+1990-00-00T00:00:00Z/8"),
        (Time("1801-01-01", 7), "+1801-00-00T00:00:00Z/7"),
        (Time("1500-03-02", 11, julian=True), "+1500-03-02T00:00:00Z/11/J"),
    ],
)
def test_a_time_has_the_precision_and_the_calendar_that_are_meant(time: Time, written: str) -> None:
    assert spelled(time) == written
