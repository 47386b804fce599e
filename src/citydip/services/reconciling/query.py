"""What a reconciliation client asks and gets, whatever version of the protocol it speaks."""

from dataclasses import dataclass, field

__all__ = ["Candidate", "Condition", "Given", "Query"]


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a row has for a property.

    Args:
        text: as it is written; the name of a thing where one is known.
        iri: the thing, where the client has matched it already.
    """

    text: str
    iri: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row says of the thing that is looked for.

    Args:
        property: its name, as `citydip.services.reconciling.properties` knows it.
        values: what the row has; one of them is enough unless the quantifier says otherwise.
        required: whether only things are wanted that meet it.
        quantifier: ``any``, ``all`` or ``none``.
    """

    property: str
    values: tuple[Given, ...]
    required: bool = False
    quantifier: str = "any"


@dataclass(frozen=True, slots=True)
class Query:
    """One row of a table.

    Args:
        text: the name in it, or an identifier; may be empty where there are conditions.
        types: IRIs of classes; only things of one of them, or of a class below, are wanted.
        types_only: whether things of other classes are left out, or only rank lower.
        limit: how many candidates to give.
        conditions: what else the row says.
    """

    text: str
    types: tuple[str, ...] = ()
    types_only: bool = True
    limit: int = 5
    conditions: tuple[Condition, ...] = ()


@dataclass(slots=True)
class Candidate:
    """A thing that a row may mean.

    Args:
        number: of the thing, in the search index.
        iri: the thing.
        name: its label, in the reader's language where it has one.
        language: of the label.
        description: what tells it from its namesakes.
        types: its classes, with their labels.
        score: from 0 to 100.
        match: whether it is surely the one.
        features: what the score is made of.
    """

    number: int
    iri: str = ""
    name: str = ""
    language: str = ""
    description: str = ""
    types: tuple[tuple[str, str], ...] = ()
    score: float = 0.0
    match: bool = False
    features: dict[str, float | bool] = field(default_factory=dict)
