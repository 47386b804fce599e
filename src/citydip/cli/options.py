"""Options that several commands have: every setting there is, and a day."""

import datetime
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from citydip.model.errors import ParameterError
from citydip.model.settings import SETTINGS, Setting

__all__ = ["day_of", "with_settings"]


def day_of(text: str) -> str:
    """Return the day that ``--date`` gives, or today where it gives none.

    Raises:
        ParameterError: it is no day.

    Example:
        >>> day_of("2026-11-22")
        '2026-11-22'
    """
    if not text:
        return datetime.datetime.now(datetime.UTC).date().isoformat()
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ParameterError(f"--date must be a day such as 2026-11-22, not {text!r}") from None


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each setting, under the setting's name; None means that it was not given.

    Args:
        command: takes settings by name.
    """
    parameters = [
        inspect.Parameter(s.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_option(s)) for s in SETTINGS
    ]
    # Typer reads both.
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command


def _option(setting: Setting) -> Any:
    shown = f"{setting.default:g}" if isinstance(setting.default, float) else str(setting.default)
    option = typer.Option(setting.flag, help=setting.help, show_default=shown or False)
    return Annotated[setting.kind | None, option]
