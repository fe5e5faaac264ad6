"""Command lines: the `parlour` command, its subcommands and their options.

``serve``             the server as a command
``connect``           the client as a command
``history_tools``     commands for the file of a history
``web_options``       the options of the page
``option_types``      option types and defaults that several commands share
``command_classes``   parses command lines, and says in one line what is wrong
``environment``       which environment variables set options, and which are ignored
``console_dialect``   how the chat looks on the server's own terminal
``suspension``        Ctrl-Z for commands that read a history
"""

from .connect import client
from .serve import main, server

__all__ = ["client", "main", "server"]
