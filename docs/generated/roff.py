"""Text in the language of manual pages: man(7) macros for roff."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

ESCAPES: Final = {
    "\\": r"\e",
    "-": r"\-",
    "'": r"\(aq",
    "`": r"\(ga",
    "^": r"\(ha",
    "~": r"\(ti",
}
"""Characters that roff would print as others, or take as its own."""

MARKED: Final = re.compile(r"`([^`]+)`|\[([^][]+)\]\([^()]*\)|([^`[]+|.)")
"""A part of a text in Markdown: code, a link, or anything else."""


def escaped(text: str) -> str:
    """Return *text* so that roff prints it as it is."""
    return "".join(ESCAPES.get(each, _in_ascii(each)) for each in text)


def bold(text: str) -> str:
    """Return *text* in bold."""
    return rf"\fB{escaped(text)}\fR"


def italic(text: str) -> str:
    """Return *text* in italics, for what a user replaces."""
    return rf"\fI{escaped(text)}\fR"


def marked(text: str) -> str:
    """Return *text* in Markdown with its code in bold, and without its links."""
    return "".join(
        bold(code) if code else escaped(link) if link else escaped(other)
        for code, link, other in MARKED.findall(_without_links_in_code(text))
    )


def heading(name: str, section: int, version: str) -> str:
    """Return the first line of the page *name* in *section*, without a date."""
    return f'.TH {name.upper()} {section} "" "parlour {version}" "Parlour"'


def section(title: str) -> str:
    """Return the heading of a section."""
    return f'.SH "{escaped(title.upper())}"'


def subsection(title: str) -> str:
    """Return the heading of a part of a section."""
    return f'.SS "{escaped(title)}"'


def paragraph(roff: str) -> Iterator[str]:
    """Yield the lines of a paragraph."""
    yield ".PP"
    yield _in_text(roff)


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of *text* in Markdown, between which are empty lines."""
    for each in re.split(r"\n\s*\n", text.strip()):
        yield from paragraph(marked(" ".join(each.split())))


def tagged(tag: str, *rest: str) -> Iterator[str]:
    """Yield an item of a list, with a *tag* and paragraphs, all of them in roff."""
    yield ".TP"
    yield _in_text(tag)
    for number, each in enumerate(rest):
        if number:
            yield ".IP"
        yield _in_text(each)


def example(lines: Iterable[str]) -> Iterator[str]:
    """Yield *lines* as they are."""
    yield from (".PP", ".in +4n", ".nf")
    yield from (_in_text(escaped(line)) or r"\&" for line in lines)
    yield from (".fi", ".in")


def see_also(*pages: tuple[str, int]) -> Iterator[str]:
    """Yield a section that names other *pages*."""
    yield section("See also")
    names = [rf"\fB{escaped(name)}\fR({number})" for name, number in pages]
    yield ", ".join(names)


def _in_text(line: str) -> str:
    r"""Return *line* so that it is no request, whatever it begins with."""
    return rf"\&{line}" if line.startswith(".") else line


def _in_ascii(character: str) -> str:
    return character if character.isascii() else rf"\[u{ord(character):04X}]"


def _without_links_in_code(text: str) -> str:
    """Return *text* with ``[`code`](file)`` as ```code```."""
    return re.sub(r"\[(`[^`]+`)\]\([^()]*\)", r"\1", text)
