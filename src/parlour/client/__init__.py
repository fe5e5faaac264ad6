"""The client: a person, or a pipe, in the room.

Read the modules in this order:

``shown``         what a person gets to see, as values
``view``          what is to be shown next, and what is held back
``commands``      what a typed line means, and the table of commands
``plain``         the plain dialect: commands to wire lines, wire lines to shown
``waits``         whose answers are waited for at the end, and how long
``session``       the session dialect: the same, with sequences and answers
``decoding``      what a server of it says, within bounds
``answers``       answers to one's own commands, in the words of the plain dialect
``faults``        what goes wrong, and the exit code
``waited``        what is shown as pending
``outbox``        what was typed, until a server has taken it
``outgoing``      bytes for the server, until the network has taken them
``aside``         what of that is not sent without being asked
``keyboard``      what is typed, and which of it has to be typed again
``cursor``        how far we have heard
``naming``        what we would be called, and are
``name_gate``     whether a pipe may speak under the name that it was given
``absence``       how long we were away
``comeback``      when to try again
``pulse``         whether the server is still there
``trial``         whether a server bears hello, and what it is told meanwhile
``notices``       the notices of a plain server, as events
``early``         plain lines that come before the welcome
``hearing``       what a server of the session dialect says
``link``          what goes to the server, and what comes from it
``parting``       who may still speak, and what is waited for at the end
``conversation``  the whole client, minus the network, the terminal and the clock
``display``       untrusted text to safe text; colours; pure
``wrap``          a message as the rows of a terminal; pure
``terminal``      how large a terminal is
``output``        the terminal as a stream that never makes the prompt wait for long
``printer``       what is shown, as lines of text or of JSON
``completion``    what Tab makes of a half typed line; pure
``connecting``    names and ports to a connected socket, or a reason why not
``pipe``          standard input, output and error, byte by byte and line by line
``trace``         every line of the wire, in a file
``carrier``       what both carriers are given
``threads``       a carrier: one thread for the keyboard, one for the socket
``aio``           a carrier: the same in coroutines
``prompt``        the interactive terminal; imported only on one
``pending``       what is to be painted above the prompt
``pasting``       pastes that the terminal does not mark
``keys``          what the keys do there
``frame``         what the prompt takes of the screen when its width changes
``options``       what may be asked of the client
``program``       everything put together: :func:`run`

Importing this package is cheap: the rest comes when :func:`run` is called.
"""

from .options import Options

__all__ = ["Options", "run"]


def run(options: Options) -> int:
    """Chat until the end, and return the exit code."""
    from .program import run as chat  # noqa: PLC0415  (cli may only want --help)

    return chat(options)
