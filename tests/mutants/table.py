"""All mutants."""

from typing import Final

from tests.mutants import chat, faces, history, server
from tests.mutants.mutant import Mutant

MUTANTS: Final[tuple[Mutant, ...]] = (
    *chat.MUTANTS,
    *history.MUTANTS,
    *server.MUTANTS,
    *faces.MUTANTS,
)
