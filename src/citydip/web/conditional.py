"""Conditional requests: a client that has an answer already is told so, without the query being run again."""

__all__ = ["is_known"]


def is_known(tag: str, if_none_match: str | None) -> bool:
    """Return whether the header If-None-Match names a tag, compared weakly.

    Example:
        >>> is_known('W/"a-b"', '"x", "a-b"')
        True
    """
    if if_none_match is None:
        return False
    known = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return "*" in known or tag.removeprefix("W/") in known
