"""Command lines: the command `parlour`, its subcommands and their options.

``commands``          the command `parlour`: the group of all commands
``serve``             the server as a command
``connect``           the client as a command
``settings``          the settings of the server: one table, the file, the environment
``config_tools``      commands that show the settings, and check a file
``history_tools``     commands for the file of a history
``account_tools``     commands for accounts
``invitation_tools``  commands for the codes with which people register
``order_tools``       commands that keep order
``process_tools``     those about the process of a running server
``room_tools``        those about the settings of a room, its roles, and its end
``room_invitations``  those about invitations to a room
``host_tools``        commands for the servers that the client knows by fingerprints
``mkcert``            the command that makes a certificate
``certificate_maker`` makes it with the openssl program
``operator_commands`` what these commands for the operator have in common
``administration``    asks the server for these, or changes the history if none runs
``new_password``      reads a new password, and hashes it
``doctor``            finds out what is wrong with a server
``completion``        what a shell completes, and the script for it
``tables``            tables, and the same as lines of JSON
``tool_output``       what these commands print
``shared_options``    settings and options that several commands share
``server_options``    which server a program connects to, and by what it trusts it
``value_type``        the base of most types of options
``option_types``      types of options: ports, hosts, rates, files, limits
``proxy_prefix_type`` the type of an option that names proxies
``path_prefix_type``  the type of an option for the path of the page
``greeting_type``     the type of an option for the file with the greeting
``fingerprint_type``  the type of an option for the fingerprint of a certificate
``duration_type``     the type of an option for a duration
``room_type``         the type of an option that names a room
``history_location``  the file of a history, by option or default
``command_classes``   classes of commands: streams, resource limits, environment
``environment``       variables that set options, and those that are ignored
``errors``            errors in one line, and exit codes
``console_dialect``   the chat on the server's own terminal
``suspension``        Ctrl-Z for commands that read a history
"""

from .commands import main
from .connect import client
from .serve import server

__all__ = ["client", "main", "server"]
