"""The client, on a terminal or in a pipe.

``program``            puts everything together: :func:`run`
``options``            the options of one run
``conversation``       the whole client without network, terminal and clock
``input_lines``        what is typed, and what has to be confirmed before it is sent
``unconfirmed_lines``  lines that are sent only after a confirmation
``shutdown``           who may still speak, and what is waited for at the end
``exit_status``        what went wrong, and the exit code
``protocol``           one connection after another: a library without terminals
``terminal``           the prompt, the keys and the look of messages; also pipes
``io``                 drivers: they move bytes between the network and the conversation

Importing this package is cheap: the rest comes when :func:`run` is called.
"""

from .options import Options

__all__ = ["Options", "run"]


def run(options: Options) -> int:
    """Chat until the end, and return the exit code."""
    from .program import run as chat  # noqa: PLC0415  (cli may only want --help)

    return chat(options)
