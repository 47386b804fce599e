"""What a check finds: where, what is wrong, and what mends it.

Example:
    >>> Finding("label-missing", "city:tehran has no Persian label", fix="add one", file="data/x.ttl", line=3).place
    'data/x.ttl:3'
"""

from dataclasses import dataclass

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong in a file.

    Args:
        rule: the name of the shape or check that found it.
        message: what is wrong, in plain words.
        fix: the command or the edit that mends it.
        file: path relative to the graph's root, or None where no one file is at fault.
        line: line from 1, or None.
        column: column from 1, or None.
        text: the line itself, with a caret where the column is known.
    """

    rule: str
    message: str
    fix: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    text: str | None = None

    @property
    def place(self) -> str:
        """Return ``file:line:column`` as far as it is known."""
        parts = [self.file or "(graph)"]
        for number in (self.line, self.column):
            if number is None:
                break
            parts.append(str(number))
        return ":".join(parts)

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Return a key that sorts findings by file, line and rule."""
        return (self.file or "", self.line or 0, self.column or 0, self.rule, self.message)
