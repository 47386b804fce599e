"""Answers are kept up to a size."""

from hypothesis import given
from hypothesis import strategies as st

from citydip.services.answers import Answers, Kept


def test_nothing_is_kept_where_nothing_may_be() -> None:
    answers = Answers(0)
    answers.keep("a", Kept(b"", {}))
    assert answers.find("a") is None


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    answers = Answers(80_000)
    for name in "abcdefgh":
        answers.keep(name, Kept(b"x" * 7900, {}))
    assert answers.find("a")
    answers.keep("i", Kept(b"x" * 7900, {}))
    assert answers.find("b") is None
    assert answers.find("a")


def test_an_answer_that_would_drive_out_most_others_is_not_kept() -> None:
    answers = Answers(80_000)
    answers.keep("a", Kept(b"x" * 9000, {}))
    assert len(answers) == 0


def test_what_has_no_tag_is_not_found() -> None:
    assert Answers(1000).find(None) is None


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 3000))))
def test_they_never_take_more_than_they_may(kept: list[tuple[str, int]]) -> None:
    answers = Answers(40_000)
    sizes = {}
    for letter, size in kept:
        tag = f"{letter}{size}"
        answers.keep(tag, Kept(b"x" * size, {}))
        if answers.find(tag):
            sizes[tag] = size
        assert answers.taken <= answers.size
    there = [tag for tag in sizes if answers.find(tag)]
    assert answers.taken == sum(sizes[tag] + len(tag) + 2000 for tag in there)
    assert len(answers) == len(there)
