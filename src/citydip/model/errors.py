"""The one tree of errors. Each says what is wrong and what to do, and carries its place where there is one.

Example:
    >>> raise QuerySyntaxError("a dot is missing", line=3, column=7, text="SELECT ...")
    Traceback (most recent call last):
    citydip.model.errors.QuerySyntaxError: a dot is missing
"""

from collections.abc import Sequence

from citydip.model.findings import Finding

__all__ = [
    "AnswerCutError",
    "ChangesBusyError",
    "ChangesError",
    "CheckError",
    "CitydipError",
    "ExportBusyError",
    "ExportError",
    "GoneError",
    "IndexMissingError",
    "NotFoundError",
    "ParameterError",
    "QueryCrashError",
    "QueryMemoryError",
    "QueryRefusedError",
    "QueryStoppedError",
    "QuerySyntaxError",
    "QueryTimeoutError",
    "RangeError",
    "RefreshError",
    "ServiceBusyError",
    "ServiceFailedError",
    "ServiceTimeoutError",
    "SnapshotError",
    "StoreError",
    "TurtleSyntaxError",
    "VersionMissingError",
    "excerpt",
]


def excerpt(text: str, line: int, column: int) -> str:
    r"""Return the line of a text with a caret under the column; both count from 1.

    Example:
        >>> print(excerpt("SELECT *\nWERE {}", 2, 1))
        WERE {}
        ^
    """
    lines = text.splitlines() or [""]
    shown = lines[min(max(line, 1), len(lines)) - 1].replace("\t", " ")
    at = min(max(column, 1), len(shown) + 1)
    start = max(0, at - 90)
    return f"{shown[start : start + 120]}\n{' ' * (at - 1 - start)}^"


class CitydipError(Exception):
    """Any error that citydip raises on purpose."""

    status = 500
    """The HTTP status that fits the error."""
    kind = "error"
    """A short name of the kind of error, stable over versions."""


class NotFoundError(CitydipError):
    """What was asked for by name does not exist; the message says where to look for it.

    Args:
        message: what is not there, and what to do.
        iri: the IRI that the graph does not know, so that an answer can name things that are near; empty for none.
    """

    status = 404
    kind = "not-found"

    def __init__(self, message: str, iri: str = ""):
        super().__init__(message)
        self.iri = iri


class GoneError(CitydipError):
    """What was asked for by name was retired, and nothing here has taken its place."""

    status = 410
    kind = "gone"


class ParameterError(CitydipError):
    """A parameter is missing, unknown or not of its type."""

    status = 400
    kind = "bad-parameter"


class _PositionedError(CitydipError):
    """An error at a place of a text.

    Args:
        message: what is wrong and what to do.
        line: line, from 1.
        column: column in characters, from 1.
        text: the whole text, for the excerpt.
    """

    def __init__(self, message: str, *, line: int, column: int, text: str):
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.excerpt = excerpt(text, line, column)


class QuerySyntaxError(_PositionedError):
    """The query is not SPARQL."""

    status = 400
    kind = "query-syntax"


class TurtleSyntaxError(_PositionedError):
    """A file is not Turtle, or not in a form that can be kept whole."""

    status = 422
    kind = "turtle-syntax"


class QueryRefusedError(CitydipError):
    """The query asks for what this service never does, such as an update or an outside service."""

    status = 403
    kind = "query-refused"


class AnswerCutError(CitydipError):
    """The answer is larger than a limit, and is wanted whole or not at all."""

    status = 413
    kind = "answer-cut"


class QueryTimeoutError(CitydipError):
    """The query was killed at its deadline."""

    status = 504
    kind = "query-timeout"


class QueryMemoryError(CitydipError):
    """The query was killed at its memory limit."""

    status = 507
    kind = "query-memory"


class QueryStoppedError(CitydipError):
    """The query was stopped by somebody who knew its name."""

    status = 409
    kind = "query-stopped"

    def __init__(self) -> None:
        super().__init__("the query was stopped by who started it, or by the operator")


class QueryCrashError(CitydipError):
    """The process that ran the query ended for an unknown reason."""

    status = 500
    kind = "query-crash"


class ServiceBusyError(CitydipError):
    """All workers are busy and the queue is full, or the service is shutting down."""

    status = 503
    kind = "busy"


class ServiceFailedError(CitydipError):
    """Another service, which the query asks with SERVICE, gave no answer that can be used."""

    status = 502
    kind = "service-failed"


class ServiceTimeoutError(ServiceFailedError):
    """Another service, which the query asks with SERVICE, did not answer in time."""

    status = 504
    kind = "service-timeout"


class StoreError(CitydipError):
    """The store that answers queries, where it is not our own, did not answer, or with something else than a result."""

    status = 502
    kind = "store"


class IndexMissingError(CitydipError):
    """The snapshot was built without a search index, or by another version of the software."""

    status = 503
    kind = "no-index"


class RefreshError(CitydipError):
    """A service that data is refreshed from refuses, or gives no whole answer however often it is asked."""

    status = 502
    kind = "refresh"


class SnapshotError(CitydipError):
    """A snapshot is missing, incomplete or not what its name says."""

    kind = "snapshot"


class ExportError(CitydipError):
    """An export cannot be made here, for want of a library or of a place to write."""

    status = 503
    kind = "no-export"


class ExportBusyError(CitydipError):
    """An export is being made, and is not there yet.

    Args:
        message: what is being made, and how far it is.
        seconds: when to ask again.
    """

    status = 503
    kind = "export-in-making"

    def __init__(self, message: str, seconds: int):
        super().__init__(message)
        self.seconds = seconds


class RangeError(CitydipError):
    """A range begins beyond the end of a file.

    Args:
        message: what is wrong and what to do.
        size: how many bytes the file has.
    """

    status = 416
    kind = "range"

    def __init__(self, message: str, size: int):
        super().__init__(message)
        self.size = size


class CheckError(CitydipError):
    """Checks found faults, and nothing was written.

    Args:
        findings: what was found, in order of file and line.
    """

    status = 422
    kind = "check-failed"

    def __init__(self, findings: Sequence[Finding]):
        super().__init__(f"{len(findings)} finding(s); nothing was written")
        self.findings = tuple(findings)


class VersionMissingError(NotFoundError):
    """A version of the data is not kept, so that nothing can be compared with it.

    Args:
        message: which, and which are.
        kept: the versions that are kept, the newest first.
    """

    kind = "version-not-kept"

    def __init__(self, message: str, kept: Sequence[str]):
        super().__init__(message)
        self.kept = list(kept)


class ChangesBusyError(ExportBusyError):
    """Two versions are being compared, and the changes are not there yet."""

    kind = "changes-in-making"


class ChangesError(ExportError):
    """Two versions cannot be compared here; the message says why."""

    kind = "no-changes"
