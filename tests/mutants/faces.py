"""Mistakes in what people see and use: the terminal, the page, the file of keys."""

from typing import Final

from tests.mutants.mutant import Mutant

MUTANTS: Final = (
    Mutant(
        "an escape sequence of a stranger reaches the terminal",
        "client/terminal/safe_text.py",
        "yield char if _is_harmless(char) else _escape_char(char)",
        'yield char if _is_harmless(char) or char == "\\x1b" else _escape_char(char)',
        ("tests/client/terminal/test_safe_text.py",),
    ),
    Mutant(
        "text from right to left reorders a row of the terminal",
        "client/terminal/safe_text.py",
        'return char.isprintable() or unicodedata.category(char) == "Zs"',
        'return char.isprintable() or unicodedata.category(char) in {"Zs", "Cf"}',
        ("tests/client/terminal/test_safe_text.py",),
    ),
    Mutant(
        "the text of a message is HTML",
        "gateways/web/text_html.py",
        'f"<mark>{escape(part)}</mark>" if is_hit else escape(part)',
        'f"<mark>{escape(part)}</mark>" if is_hit else part',
        ("tests/gateways/web/test_text_html.py",),
    ),
    Mutant(
        "a link may run a script",
        "markup.py",
        'r"(?:https?://|mailto:)"',
        'r"(?:https?://|mailto:|javascript:)"',
        ("tests/test_markup.py", "tests/fuzz/test_targets.py"),
    ),
    Mutant(
        "a form about an account needs no token",
        "gateways/web/account_routes.py",
        'if not self._identity.is_own_form(_field("csrf")):',
        'if not _field("csrf"):',
        ("tests/gateways/web/test_account_requests.py",),
    ),
    Mutant(
        "a form that keeps order needs no token",
        "gateways/web/order_routes.py",
        'if not self._identity.is_own_form(parameters.value(request.form, "csrf")):',
        'if not parameters.value(request.form, "csrf"):',
        ("tests/gateways/web/test_order_requests.py",),
    ),
    Mutant(
        "scripts can read the cookie of an account",
        "gateways/web/cookies.py",
        "end = f\"HttpOnly; Path={prefix or '/'}; SameSite={same_site}\"",
        "end = f\"Path={prefix or '/'}; SameSite={same_site}\"",
        ("tests/gateways/web/test_account_pages.py",),
    ),
    Mutant(
        "the cookie of an account is sent without TLS, too",
        "gateways/web/cookies.py",
        '{secure_name}={value}; {end}; Secure"',
        '{secure_name}={value}; {end}"',
        ("tests/gateways/web/test_https.py",),
    ),
    Mutant(
        "a cookie that another host may have set counts over HTTPS",
        "gateways/web/cookies.py",
        "return (secure_name,) if is_secure else (secure_name, name)",
        "return secure_name, name",
        ("tests/gateways/web/test_https.py",),
    ),
    Mutant(
        "a page of another site opens a WebSocket",
        "gateways/web/allowed_origins.py",
        "return is_same and (is_served or is_allowed)",
        "return is_same or is_served",
        ("tests/gateways/web/test_allowed_origins.py",),
    ),
    Mutant(
        "a changed certificate is trusted",
        "client/io/secure_server.py",
        "if transport.fingerprint != pin:",
        "if not transport.fingerprint:",
        ("tests/client/io/test_secure_server.py",),
    ),
    Mutant(
        "a file of keys that others can read is used",
        "client/io/private_file.py",
        "if found.st_mode & OTHERS:",
        "if found.st_mode & stat.S_IWOTH:",
        ("tests/client/io/test_key_file.py",),
    ),
)
