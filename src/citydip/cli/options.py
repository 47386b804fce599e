"""The options of a command that takes every setting there is."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from citydip.model.settings import SETTINGS, Setting

__all__ = ["with_settings"]


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
