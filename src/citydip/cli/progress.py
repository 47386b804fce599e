"""Progress on standard error: a line for each step, and on a terminal a bar below them."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

__all__ = ["showing"]


@contextmanager
def showing(console: Console) -> Generator[tuple[Callable[[str], None], Callable[[float, str], object]]]:
    """Yield what is called with a line for each step, and with the share of a step that is done and its name.

    Args:
        console: where to; where it is no terminal, there are lines alone.

    Example:
        >>> with showing(Console()) as (say, progress):
        ...     say("reading files")
        ...     progress(0.5, "reading files")
        · reading files
    """
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=1.0, visible=False)

        def say(line: str) -> None:
            bar.console.print(f"[dim]· {escape(line)}[/dim]")

        def show(share: float, what: str) -> None:
            bar.update(task, completed=share, description=what, visible=share < 1)

        yield say, show
