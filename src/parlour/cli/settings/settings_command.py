"""A command whose options are the settings of the server."""

from typing import Any, Final

import click

from ..command_classes import InterruptibleCommand, ProgramCommand
from .chosen import ChosenSettings, ignored_settings
from .config_option import CONFIG
from .table import SETTINGS_BY_GROUP, TABLE

ARGUMENTS: Final = "parlour.arguments"  # key of the arguments in a context


class SettingsCommand(InterruptibleCommand):
    """A command with an option for each setting, and one for the file with them.

    Its help lists them in their groups, before its own options.
    """

    def __init__(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 -- as click's
        super().__init__(*args, **named)
        own = self.params
        self.params = [CONFIG, *(each.click_option() for each in TABLE), *own]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[ARGUMENTS] = tuple(args)  # to parse them again after a signal
        return super().parse_args(ctx, args)

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        records = {
            param.name: record
            for param in self.get_params(ctx)
            if (record := param.get_help_record(ctx)) is not None
        }
        for heading, settings in SETTINGS_BY_GROUP.items():
            with formatter.section(heading):
                formatter.write_dl([records.pop(each.parameter) for each in settings])
        with formatter.section("Other options"):
            formatter.write_dl(list(records.values()))


def report_ignored_settings(ctx: click.Context, chosen: ChosenSettings) -> None:
    """Report the settings without effect, as the command of *ctx* reports them.

    Raises `CommandLineError` if one of them is an option.
    """
    ignored = ignored_settings(chosen)
    if isinstance(ctx.command, ProgramCommand):
        for text, file in ignored:
            ctx.command.report_ignored(ctx, text, file)
