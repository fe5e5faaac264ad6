"""Waiting items of several owners, who take turns."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Items in order, by owner. One owner after the other is served an item.

    So many items of one owner do not delay those of the others. It has no lock.
    """

    def __init__(self) -> None:
        self._items: OrderedDict[str, deque[T]] = OrderedDict()  # the next owner first
        self._size = 0

    def __len__(self) -> int:
        """Return the number of items of all owners."""
        return self._size

    def __iter__(self) -> Iterator[T]:
        """Iterate over the items, by owner."""
        return (item for items in self._items.values() for item in items)

    def count(self, owner: str) -> int:
        """Return the number of items of *owner*."""
        return len(self._items.get(owner, ()))

    @property
    def longest(self) -> int:
        """The number of items of the owner that has most of them."""
        return max(map(len, self._items.values()), default=0)

    def add(self, owner: str, item: T) -> None:
        """Add the last item of *owner*, whose turn is last if it had none."""
        self._items.setdefault(owner, deque()).append(item)
        self._size += 1

    def remove(self, is_unwanted: Callable[[T], bool]) -> list[T]:
        """Remove the items that are unwanted, and return them. No turn changes."""
        removed: list[T] = []
        for owner, items in list(self._items.items()):
            kept: deque[T] = deque()
            for item in items:
                (removed if is_unwanted(item) else kept).append(item)
            self._put(owner, kept)
        self._size -= len(removed)
        return removed

    def pop(self, may_run: Callable[[str], bool]) -> tuple[str, T] | None:
        """Remove the first item of the next owner that *may_run*, if there is one.

        Return the owner, whose turn is last now, and the item.
        """
        owner = next(filter(may_run, self._items), None)
        if owner is None:
            return None
        self._items.move_to_end(owner)
        item = self._items[owner].popleft()
        self._put(owner, self._items[owner])
        self._size -= 1
        return owner, item

    def pop_last_of_longest(self) -> T:
        """Remove and return the last item of the owner that has most of them."""
        owner = max(self._items, key=self.count)
        item = self._items[owner].pop()
        self._put(owner, self._items[owner])
        self._size -= 1
        return item

    def _put(self, owner: str, items: deque[T]) -> None:
        """Let *items* be those of *owner*, which is forgotten if it has none."""
        if items:
            self._items[owner] = items
        else:
            del self._items[owner]
