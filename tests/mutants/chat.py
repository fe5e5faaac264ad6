"""Mistakes in the chat itself: order, delivery, limits, names and sanctions."""

from typing import Final

from tests.mutants.mutant import Mutant

MUTANTS: Final = (
    Mutant(
        "a retry is recorded a second time",
        "core/state/message_entries.py",
        "effects.append(AlreadySaid(first))\n                count -= 1\n"
        "                continue\n            if is_restricted",
        "pass\n            if is_restricted",
        ("tests/core/state/test_message_entries.py",),
    ),
    Mutant(
        "a key of a retry never expires",
        "core/state/idempotency.py",
        "time - recorded.time > KEY_AGE",
        "time - recorded.time > 2 * KEY_AGE",
        ("tests/core/state/test_idempotency.py",),
    ),
    Mutant(
        "a client resumes one message too late",
        "core/delivery/recent_events.py",
        "found = self._messages.position_after(sequence)",
        "found = self._messages.position_after(sequence + 1)",
        ("tests/core/delivery/test_replay.py", "tests/core/hub/test_resumption.py"),
    ),
    Mutant(
        "expired messages are no declared gap",
        "core/delivery/replay.py",
        "missed = [Missed(self._room, page.expired, start)] if page.expired else []",
        "missed: list[PrivateEvent] = []",
        ("tests/core/delivery/test_replay.py", "tests/core/hub/test_resumption.py"),
    ),
    Mutant(
        "there is always another token for a line",
        "core/rate_limit.py",
        "return self._tokens >= 1.0",
        "return True",
        ("tests/core/test_rate_limit.py", "tests/core/hub/test_rate_limit.py"),
    ),
    Mutant(
        "the queues of all peers have no limit",
        "core/sessions/queue_limit.py",
        "return self._total + self._answers.size > self._limit",
        "return False",
        ("tests/core/hub/test_queue_limit.py",),
    ),
    Mutant(
        "a guest stays in a room from which it is banned where it comes from",
        "core/state/session_entries.py",
        "effects += self._leave_banned(session, time)",
        "pass",
        (
            "tests/core/state/test_signing_in_with_sanctions.py",
            "tests/core/state/test_mutes_and_bans.py",
            "tests/hostile/test_ways_back.py",
        ),
    ),
    Mutant(
        "a banned session resumes",
        "core/state/session_entries.py",
        "why = self._restrictions.ban(person, time, *places)",
        "why = None if session else self._restrictions.ban(person, time, *places)",
        (
            "tests/core/state/test_mutes_and_bans.py",
            "tests/core/state/test_laws.py",
            "tests/core/state/test_signing_in_with_sanctions.py",
        ),
    ),
    Mutant(
        "a moderator may appoint moderators",
        "core/state/permissions.py",
        "Action.APPOINT: Role.OWNER,",
        "Action.APPOINT: Role.MODERATOR,",
        ("tests/core/state/test_permissions.py",),
    ),
    Mutant(
        "one may act on somebody of the same role",
        "core/state/permissions.py",
        "if target is not None and target >= actor:",
        "if target is not None and target > actor:",
        ("tests/core/state/test_permissions.py",),
    ),
    Mutant(
        "names that look alike do not conflict",
        "core/names/conflicts.py",
        'keys.add(f"look {caseless_skeleton(form)}")',
        'keys.add(f"look {form}")',
        ("tests/core/names", "tests/core/hub/test_names.py"),
    ),
    Mutant(
        "a line of HTTP is taken for a line of the chat",
        "core/protocol/foreign_protocols.py",
        "or _HTTP_VERSION.fullmatch(words[-1])  # with any method, even an invalid one",
        "",
        (
            "tests/core/protocol/test_foreign_protocols.py",
            "tests/core/hub/test_foreign_protocols.py",
        ),
    ),
    Mutant(
        "a line may be one byte too long",
        "core/protocol/line_buffer.py",
        "if len(self._partial) > self._limit:",
        "if len(self._partial) > self._limit + 1:",
        (
            "tests/core/protocol/test_line_buffer.py",
            "tests/core/hub/test_line_limits.py",
        ),
    ),
    Mutant(
        "a private room is listed",
        "core/state/public_rooms.py",
        "if room.is_private and (known is None or name not in known.rooms):",
        "if room.is_private and known is None:",
        (
            "tests/core/hub/test_private_rooms.py",
            "tests/core/hub/test_private_room_leaks.py",
            "tests/core/state/test_listable_rooms.py",
            "tests/gateways/web/test_private_room_pages.py",
        ),
    ),
    Mutant(
        "a trace shows passwords",
        "core/protocol/redaction.py",
        '("token", "password", "new", "key", "invite")',
        '("token", "new", "key", "invite")',
        ("tests/core/protocol/test_redaction.py",),
    ),
    Mutant(
        "a value at the bound of a bucket is counted in the next one",
        "core/histogram.py",
        "self._counts[bisect_left(self._bounds, value)] += 1",
        "self._counts[bisect_left(self._bounds, value + 1e-9)] += 1",
        ("tests/core/test_histogram.py",),
    ),
)
