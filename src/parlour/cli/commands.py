"""The command ``parlour``: the group of all commands."""

import click
from click.shell_completion import CompletionItem

from .account_tools import account
from .command_classes import ProgramCommand, StreamSafeCommand
from .completion import completion, server_items
from .config_tools import config
from .connect import client
from .doctor import doctor
from .environment import PREFIX
from .errors import CommandLineError, usage_errors_in_one_line
from .history_tools import backup, export, import_, restore, verify
from .host_tools import hosts
from .mkcert import mkcert
from .order_tools import admin
from .serve import server
from .shared_options import SETTINGS, VERSION


class ParlourGroup(StreamSafeCommand, click.Group):
    """The commands; ``parlour HOST PORT`` means ``parlour connect HOST PORT``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        connect = self.commands["connect"]
        own = _option_names(self, ctx)
        of_connect = _option_names(
            connect, click.Context(connect, **connect.context_settings)
        )
        if args and args[0].partition("=")[0] in of_connect - own:
            args = ["connect", *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None:
            is_server = name == "localhost" or "." in name or ":" in name  # or a link
            is_server = is_server or "--tls" in args
            is_server = is_server or (len(args) > 1 and args[1].isdecimal())
            if is_server or ctx.resilient_parsing:  # a shell completes the arguments
                args = ["connect", *args]
            else:
                names = ", ".join(self.commands)
                raise CommandLineError(
                    f"no such command: {name}. The commands are {names}; to join a "
                    f"chat: {ctx.command_path} SERVER PORT"
                )
        with usage_errors_in_one_line(ctx):
            return super().resolve_command(ctx, args)

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> list[CompletionItem[str]]:
        """Return the commands, and the options or servers that may follow instead."""
        found = super().shell_complete(ctx, incomplete) + server_items(incomplete)
        if incomplete.startswith("-"):
            connect = self.commands["connect"]
            own = {item.value for item in found}
            place = click.Context(connect, parent=ctx, **connect.context_settings)
            options = connect.shell_complete(place, incomplete)
            found += [item for item in options if item.value not in own]
        return found


@click.group(cls=ParlourGroup, context_settings=SETTINGS | {"auto_envvar_prefix": None})
@VERSION
def main() -> None:
    """Chat in a group: start a server, or join a chat.

    `parlour HOST PORT` is short for `parlour connect HOST PORT`.
    """


def _option_names(command: click.Command, ctx: click.Context) -> set[str]:
    return {name for param in command.get_params(ctx) for name in param.opts}


main.add_command(server, "serve")
main.add_command(client, "connect")
for tool in (backup, restore, export, import_, verify, doctor, completion, mkcert):
    main.add_command(tool)
for group in (config, account, admin, hosts):
    main.add_command(group)

ProgramCommand.option_variables.update(
    f"{PREFIX}{param.name.upper()}"
    for command in main.commands.values()
    for param in command.params
    if isinstance(param, click.Option) and param.allow_from_autoenv and param.name
)
