"""What a candidate is worth, and whether it is surely the one: the only place where that is decided.

A score is the sum of three parts, each of which a client sees as a feature:

===========  ======  ============================================================================
part         points  what it is
===========  ======  ============================================================================
name         70      how like the name is
evidence     20      how the rest of the row agrees; half of it where the row says nothing else
prominence   10      how many people live there, or how many statements are about it
===========  ======  ============================================================================

An identifier that the row gives is all three at once.
"""

from collections.abc import Mapping, Sequence
from math import log10

from citydip.services.reconciling.candidates import About, Named
from citydip.services.reconciling.properties import IDENTIFIERS
from citydip.services.reconciling.query import Candidate

__all__ = ["FEATURES", "decide", "prominence", "score"]

FEATURES: dict[str, dict[str, str]] = {
    "identifier": {
        "en": "identifier given: whether the row gives an identifier of the thing",
        "fa": "شناسه: آیا ردیف شناسه‌ای از آن چیز دارد",
    },
    "name": {
        "en": "likeness of the name: from 0 to 1, which is the same name, however it is written",
        "fa": "همانندی نام: از ۰ تا ۱ که همان نام به هر نوشتار است",
    },
    "label": {
        "en": "name is a label: whether the name is the one that is shown, and not another or a hidden one",
        "fa": "نام اصلی: آیا نام همان است که نشان داده می‌شود",
    },
    "evidence": {
        "en": "agreement of the evidence: from -1 to 1, over all that the row says beside the name",
        "fa": "سازگاری شواهد: از ۱- تا ۱ برای همهٔ آنچه ردیف جز نام می‌گوید",
    },
    "prominence": {
        "en": "prominence: from 0 to 1, by population or by the number of statements",
        "fa": "شناخته‌شدگی: از ۰ تا ۱ بر پایهٔ جمعیت یا شمار گزاره‌ها",
    },
    "type": {
        "en": "type as asked: whether the thing is of a class that was asked for, or that the text names",
        "fa": "نوع خواسته‌شده: آیا چیز از نوعی است که خواسته شده یا در متن آمده",
    },
    "namesakes": {
        "en": "namesakes: how many candidates have a name that is as like, the thing itself among them",
        "fa": "هم‌نام‌ها: چند نامزد نامی به همین همانندی دارند، با خود آن چیز",
    },
    "margin": {
        "en": "margin: points by which the best candidate is ahead of the next; below zero for the others",
        "fa": "فاصله: امتیازی که بهترین نامزد از بعدی جلوتر است؛ برای دیگران منفی",
    },
    "property": {
        "en": "agreement of a property: from -1 to 1, one for each of the row; text is a place named after the name",
        "fa": "سازگاری یک ویژگی: از ۱- تا ۱ برای هر ویژگی ردیف؛ text جایی است که در خود نام آمده",
    },
}
"""What each feature of a score means, by its name and by language; the part before the colon is its title."""

_NAME, _EVIDENCE, _PROMINENCE = 70.0, 20.0, 10.0
_ENOUGH = 80.0
_ALIKE = 0.99
_LIKE_ENOUGH = 0.82
"""One letter in six may be wrong; what is less like is never matched, whatever else agrees."""
_AHEAD, _AHEAD_OF_LIKE = 1.7, 4.0
"""Points by which the best must be ahead: for a name that is the same, and for one that is only like it."""
_OF_OTHER_TYPE = 0.5
_WEIGHTS = dict.fromkeys(IDENTIFIERS, 3.0) | {"country": 2.0, "coordinates": 2.0, "date": 0.5}


def prominence(thing: About) -> float:
    """Return how much a thing is heard of, from 0 to 1.

    Example:
        >>> round(prominence(About("city:x", 0, population=1_000_000)), 2)
        0.8
    """
    people = log10(thing.population) / 7.5 if thing.population > 0 else 0.0
    return min(1.0, max(people, log10(1 + thing.statements) / 4))


def score(
    candidate: Candidate, named: Named, thing: About, evidence: Mapping[str, float], of_type: bool | None
) -> None:
    """Set the score of a candidate and the features that explain it.

    Args:
        candidate: what is set.
        named: why it is a candidate.
        thing: what the index knows of it.
        evidence: how each property of the row agrees, from -1 to 1; what is not known is not there.
        of_type: whether it is of a class that was asked for; None where none was.
    """
    features = candidate.features
    weights = {name: _WEIGHTS.get(name, 1.0) for name in evidence}
    agreed = sum(evidence[name] * weights[name] for name in evidence) / max(sum(weights.values()), 1e-9)
    identified = named.kind < 0
    features |= {"identifier": identified, "name": round(named.likeness, 3), "label": named.kind <= 0}
    features |= {"prominence": round(prominence(thing), 3)}
    features |= {f"property:{name}": round(value, 3) for name, value in evidence.items()}
    if evidence:
        features["evidence"] = round(agreed, 3)
    if of_type is not None:
        features["type"] = of_type
    points = _NAME * named.likeness + _EVIDENCE * (1 + agreed) / 2 + _PROMINENCE * prominence(thing)
    if identified:
        points = 100 - _EVIDENCE * (0.0 if agreed >= 0 else -agreed)
    candidate.score = round(points * (_OF_OTHER_TYPE if of_type is False else 1.0), 2)


def decide(candidates: Sequence[Candidate]) -> None:
    """Say which of the candidates, the best of which comes first, is surely the one; at most one is."""
    for number, candidate in enumerate(candidates):
        others = [other.score for other in candidates if other is not candidate]
        margin = candidate.score - max(others, default=0.0)
        like = float(candidate.features["name"])
        same = sum(float(other.features["name"]) >= like for other in candidates)
        candidate.features |= {"namesakes": same, "margin": round(margin, 2)}
        ahead = _AHEAD if like >= _ALIKE else _AHEAD_OF_LIKE
        evidence = float(candidate.features.get("evidence", 0.0))
        fits = evidence >= 0 and candidate.features.get("type", True)
        fits = fits and like >= _LIKE_ENOUGH
        candidate.match = number == 0 and candidate.score >= _ENOUGH and margin >= ahead and bool(fits)
