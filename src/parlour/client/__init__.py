"""The terminal client, for a terminal or a pipe.

``program``            runs the client: :func:`run`
``terminal_setup``     the terminal and the signals while it starts
``prompt_style``       the prompt in the style of the options
``options``            the options of one run
``conversation``       the whole client without network, terminal and clock
``entered_lines``      the input, carried out
``input_lines``        the input: bytes to lines, and lines to requests and commands
``password_dialog``    the questions for passwords
``shown_lines``        the user's lines under way, if they are not echoed
``unconfirmed_lines``  lines that are sent only after a confirmation
``unsent_lines``       lines that come after the server has ended the conversation
``sending``            what waits to be sent, as far as that is possible
``outages``            the ends of connections: the client leaves, or reconnects
``shutdown``           the states from open to closed, and how long they may last
``exit_status``        the failures of a run, and the exit code
``sign_in_options``    what the client signs in with
``state_directory``    the directory for what is kept for the next run
``protocol``           the client's side of the protocol: a library without terminals
``diagnosis``          finds out what is wrong with a server
``room_views``         many rooms, as their user sees them
``terminal``           the prompt, keys and layout of messages; also pipes
``io``                 drivers: they move bytes between the network and the conversation

Importing this package is cheap: the modules are imported when :func:`run` is called.
"""

from .options import Options

__all__ = ["Options", "run"]


def run(options: Options) -> int:
    """Run the client until its conversation ends, and return the exit code."""
    from .program import run as chat  # noqa: PLC0415  (cli may only want --help)

    return chat(options)
