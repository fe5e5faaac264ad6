"""Recording entries in order.

The contract is `Journal`, and two stores implement it, together with the contract
`History` of `parlour.history`:

``memory``         messages in memory; they are lost when the process ends
``sqlite``         the default: messages in one SQLite file

Modules that support them:

``recorder``       uses a store in threads, or in the caller's thread
``changes``        what a batch changes besides rooms and messages
``accounts``       the accounts of a store, and what entries change in them
``order``          its sanctions, and the roles and settings of rooms
``invitations``    its invitations
``acts``           what a batch adds to the audit log, and how much of that is kept
``holes``          counts messages where sequences have holes
``keys``           the idempotency keys of a store in memory, and their limits
``clock``          measures the age of messages, even if the wall clock is wrong
``timestamps``     stored times, in microseconds
``epoch``          a random epoch for a new or restored history
``tools``          backup, restore, export, import and verification of a file
"""

from typing import Protocol

from parlour.core.entries import Batch
from parlour.core.storage import StoredState
from parlour.history import History


class Journal(Protocol):
    """Stores the durable entries of batches. Only one thread at a time may call it.

    The sequence of a message is the store's `Numbering` of the last one in its room,
    stored or expired; of 0 in a room that never had a message. It depends on nothing
    else, so a state that applies the same entries assigns the same sequences.
    """

    def append(self, batch: Batch) -> None:
        """Store the durable entries of *batch*, completely or not at all.

        `entries.DURABLE` are the durable ones; a batch without any changes nothing.
        The caller has checked them: each one has an effect on its state, which numbers
        rooms and messages in the same way, and no key is stored already. A message is
        stored with its key and token, if it has a key.

        A room is created with the next number when it is opened. When it is closed, it
        remains if it ever had a message, and keeps its number, messages and topic for
        the next `RoomOpened`; otherwise it is deleted. Numbers are not used again. The
        lobby is always open and has the number 1. Any other room that an entry needs
        and that was not opened is created as well.

        `Registered` creates an account with the next number; numbers are not used
        again. Its password is the first generation, and its device, if it has one, the
        device 1. `PasswordSet` starts the next generation, and revokes all devices but
        one. `DeviceAdded` adds the device with the number after the last one that was
        used, and revokes the one that was added first if there are more than
        `MAX_DEVICES`. Rooms are in the order in which the account entered them, and
        ignored names in the order in which it ignored them; a key that it ignores
        already gets the new name in its place. A room that is deleted is removed from
        the accounts that were in it; one that is only closed remains.

        `AccountErased` deletes the account with its devices, rooms, ignored names,
        roles in rooms, the sanctions of it, and the invitations that it has or has
        sent. Messages keep its number.

        `RoomOpened` gives a new room its owner; one that exists keeps its roles.
        `RoleSet` sets the role of the account, which leaves its
        `order_rules.lost_rooms`, or its role in the room, by
        `order_rules.changed_roles`. `RoomSet` changes the settings that it names. A
        room that is deleted loses its roles and settings; one that is closed keeps
        them.

        `Sanctioned` adds a sanction with the number after the last one that was used;
        before that, `order_rules.replaced_sanctions` are removed. `Lifted` removes one.
        The session of a target is not stored, because after a restart another session
        may have its id. An account leaves the room from which it is kicked or banned.

        `Invited` adds an invitation, and `InviteUsed` replaces a code, by
        `invitation_rules`; those of guests are not stored, nor those of accounts that
        ignore the inviter. `AccountEntered` removes
        that of the account to the room, and `Registered` the code that it names. A room
        that is deleted loses its invitations. `Shut` removes them, all accounts
        from a room and its `order_rules.closed_sanctions`, and closes it as
        `RoomClosed` does.

        What one of `entries.ORDER_ENTRIES` changes is an act in the audit log, and so
        is what the operator does: `Registered` and `PasswordSet` without a session,
        `AccountEnabled`, and `DeviceRevoked`. So are `Invited`, and `RoomOpened` if it
        gives a new room an owner. `RoomSet` may be several, one for each setting that
        changes, and so may `Registered`, one for a role. An announcement is an act
        without its text. Acts have the next numbers. They do not depend on the
        retention of messages; only the oldest of very many are deleted, of a
        room, of the whole server or of all rooms (`acts.max_acts`).

        `Erased` takes the next sequence of its room, and the message *target* loses its
        text, if it is stored and not erased yet; what else is known of it remains, its
        key included. For the retention, both count as messages, the erased one with the
        size that it had. Maintenance removes what is left of the text elsewhere in the
        file: from the log at once, if no reader uses that, and from the search index
        within ten minutes of the last time. It is an act, unless the author erases it.

        Raises StorageError if the batch is not stored; if the error's
        `is_outcome_unknown` is true, it may nevertheless have been stored. Times are
        stored with microsecond precision, from the year 1970 to 9998; others are
        clamped. Raises ValueError, and stores nothing, if a text contains a lone
        surrogate, or if there is no account or sanction with the number of an entry, or
        no code with its hash.
        """
        ...

    def load(self) -> StoredState:
        """Return the stored state, from which a server continues.

        The lobby is among the rooms even if nothing is stored in it. Keys are stored
        for 24 hours, but only the last 200,000 of them (`keys`); the 24 hours are
        measured by a monotonic clock and restart when the store is opened. Raises
        StorageError.
        """
        ...

    def maintain(self) -> bool:
        """Do one bounded step of maintenance; return whether there is more to do.

        Maintenance indexes messages, deletes those that exceed the retention, and
        checkpoints the log. A step visits only rooms that changed or whose retention
        is due. Call it while there is nothing to append. Raises StorageError.
        """
        ...

    def close(self) -> None:
        """Release all resources. No other method may be called afterwards."""
        ...


class Store(Journal, History, Protocol):
    """A journal and a history in one object, as a server on one machine uses it."""
