"""Commands that are imported when they are asked for: to import all of them takes longer than most of them run."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

__all__ = ["Commands"]

_ELSEWHERE = {
    "changes": "changing:changes_app",
    "cite": "citing:cite_app",
    "export": "exporting:export_app",
    "import": "importing:import_app",
    "network": "networking:network_app",
}
"""The commands that have a module of their own, and what they are called there."""


class Commands(TyperGroup):
    """The commands of ``citydip``: its own, and behind them those of other modules."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        return [*(name for name in super().list_commands(ctx) if name not in _ELSEWHERE), *_ELSEWHERE]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command by its name; None where there is none."""
        if cmd_name in _ELSEWHERE and cmd_name not in self.commands:
            module, _, name = _ELSEWHERE[cmd_name].partition(":")
            found = typer.main.get_command(getattr(import_module(f"citydip.cli.{module}"), name))
            found.name = cmd_name
            self.add_command(found)
        return super().get_command(ctx, cmd_name)
