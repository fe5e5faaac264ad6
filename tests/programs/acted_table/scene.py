"""What a scene is: how an action is done, told, felt and undone."""

from abc import ABC, abstractmethod
from typing import ClassVar

from parlour.core.roles import Role

from .cast import ACTORS, Cast
from .people import Actor, Deed, Person


class Scene(ABC):
    """How one action of the table is acted out."""

    is_targeted: ClassVar[bool]
    """Whether it is done to somebody, who is the *target* then."""
    impossible: ClassVar[dict[str, str]] = {}
    """Who cannot be a target whatever one's role is, and the reason."""
    own_refusal = ""
    """The reason for those who try it on themselves, if it is a special one."""
    allows_own: ClassVar[bool] = False
    """Whether everybody may do it to themselves, whatever the table says."""

    def prepare(self, cast: Cast) -> None:  # noqa: B027 -- most need nothing
        """Bring about what the action needs."""

    def tidy(self, cast: Cast) -> None:  # noqa: B027
        """Undo `prepare`."""

    def refusal(self, reason: str, /) -> str:
        """Return what somebody is told who may not do it, because of *reason*."""
        return f"[Server]: {reason}"

    @abstractmethod
    def deed(self, target: Person | None, /) -> Deed:
        """Return what the actor does."""

    @abstractmethod
    def happens(self, cast: Cast, actor: Actor, target: Person | None, /) -> None:
        """Check who is told of the deed and that it works, and undo it."""

    @abstractmethod
    def has_not_happened(self, cast: Cast, target: Person | None, /) -> None:
        """Check that a refused deed had no effect."""


class PersonScene(Scene):
    """An action that is done to somebody."""

    is_targeted = True

    @abstractmethod
    def deed_to(self, name: str) -> Deed:
        """Return what the actor does to the one called *name*."""

    @abstractmethod
    def happens_to(self, cast: Cast, actor: Actor, target: Person) -> None:
        """Check who is told of the deed and that it works, and undo it."""

    def is_spared(self, cast: Cast, target: Person) -> None:
        """Check that a refused deed had no effect: the target is there, and speaks."""
        cast.is_heard(target)

    def deed(self, target: Person | None, /) -> Deed:
        assert target is not None
        return self.deed_to(target.name)

    def happens(self, cast: Cast, actor: Actor, target: Person | None, /) -> None:
        assert target is not None
        self.happens_to(cast, actor, target)

    def has_not_happened(self, cast: Cast, target: Person | None, /) -> None:
        assert target is not None
        self.is_spared(cast, target)


class PublicScene(Scene):
    """An action that is done to nobody; *what* is what the actor does."""

    is_targeted = False
    what: Deed

    @abstractmethod
    def everybody_notices(self, cast: Cast, actor: Actor, /) -> None:
        """Check who is told of the deed and that it works, and undo it."""

    def deed(self, _target: Person | None, /) -> Deed:
        return self.what

    def happens(self, cast: Cast, actor: Actor, _target: Person | None, /) -> None:
        self.everybody_notices(cast, actor)

    def has_not_happened(self, cast: Cast, _target: Person | None, /) -> None:
        cast.is_heard(cast[ACTORS[Role.ADMIN]])
