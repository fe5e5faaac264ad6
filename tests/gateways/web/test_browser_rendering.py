"""Rendered pages: the same rules in scripts and on the server, and accessibility."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from parlour.core.names.colors import name_color
from parlour.gateways.web.safe_text import initial, is_tall, visible, visible_name
from parlour.markup import parse
from tests.gateways.web.fake_chat import FakeChat

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MARKUP_CASES = Path(__file__).parents[2] / "markup_cases.json"
WIDE, NARROW = (1280, 800), (390, 844)

CORPUS = [
    "",
    "hello",
    "<b>&amp;</b>",
    "two\nlines\n\n\tand a tab\r\n",
    "".join(map(chr, range(0xA0))),
    "".join(map(chr, range(0x2000, 0x2070))),
    "\u061c\u00ad\u180e\ufeff\ufff9\U000e0001\U000e0041\U0001d173",
    "\ue000\uf8ff\U000f0000\U0010fffd",
    "příliš žluťoučký kůň",
    "漢字 and かな",
    "👩‍👩‍👧 and 🏳️‍🌈 and 🏴\U000e0067\U000e0062\U000e007f",
    "می‌خواهم",
    "Z\u0301\u0301\u0301\u0301\u0301a\u0489\u0489\u0489\u0489",
    "a" + "\u0301\u200d" * 40 + "\u202e" + "\u0300" * 9,
    "\u0301\u0301\u0301\u0301",
    "[::1]:57354",
    "127.0.0.1:57354",
    "ßtraße",
    "ǆ and ﬁ",
    "٣ is three",
    "!?",
    "😀",
    "Romeo",
    "\n" * 23,
    "\n" * 24,
    "a\n \n\t\n\n\n  b\n\n\nc",
]


def open_page(
    browser: "Browser", address: str, size: tuple[int, int], scheme: str
) -> "Page":
    width, height = size
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # for the script of axe
    )
    page.goto(address)
    return page


def test_the_script_and_the_server_render_texts_and_names_alike(
    browser: "Browser", site: str
) -> None:
    rules: dict[str, Callable[[str], str | int | bool]] = {
        "visible": visible,
        "visibleName": visible_name,
        "initial": initial,
        "hueClass": lambda name: f"hue-{name_color(name)}",
        "isTall": is_tall,
    }
    page = browser.new_page()
    page.goto(f"{site}/search")
    address = page.get_attribute("head script", "src")
    script = """async ([address, corpus]) => {
        const rules = await import(address);
        const all = Object.entries(rules);
        return Object.fromEntries(all.map(([name, rule]) => [name, corpus.map(rule)]));
    }"""

    found = page.evaluate(
        script, [f"{address}".replace("theme.js", "safe-text.js"), CORPUS]
    )

    page.close()
    assert found == {name: [*map(rule, CORPUS)] for name, rule in rules.items()}


def test_the_script_and_the_server_parse_markup_alike(
    browser: "Browser", site: str
) -> None:
    cases = json.loads(MARKUP_CASES.read_text())
    page = browser.new_page()
    page.goto(f"{site}/search")
    address = f"{page.get_attribute('head script', 'src')}"
    script = """async ([address, texts]) => {
        const { parse } = await import(address);
        return texts.map(parse);
    }"""

    texts = [case["text"] for case in cases] + CORPUS
    found = page.evaluate(script, [address.replace("theme.js", "markup.js"), texts])

    page.close()
    assert found[: len(cases)] == [case["lines"] for case in cases]
    assert found[len(cases) :] == [
        [
            [line.kind.value, [[s.kind.value, s.raw, s.text] for s in line.spans]]
            for line in parse(text)
        ]
        for text in CORPUS
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("path", ["/", "/?before=9", "/search?q=a", "/m/3", "/nowhere"])
def test_pages_have_no_accessibility_violations(
    path: str,
    size: tuple[int, int],
    scheme: str,
    browser: "Browser",
    chat: FakeChat,
    site: str,
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    chat.set_users(["Romeo", "W" * 32, "مريم", *(f"user {each}" for each in range(40))])
    for number, text in enumerate(
        ["a", "a " * 500, "W" * 4000, "\n" * 50 + "a", "مرحبا"]
    ):
        chat.send(f"name {number}", text, text)
    page = open_page(browser, f"{site}{path}", size, scheme)

    violations = Axe().run(page).response["violations"]
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    page.close()
    serious = [(f["id"], f["nodes"][0]["html"]) for f in violations]
    assert serious == []
    assert overflow <= 0
