"""A parser that gives tests access to the elements of a page."""

from html.parser import HTMLParser
from typing import NamedTuple, Protocol

VOID = {"br", "img", "input", "link", "meta", "path", "rect"}


class Element(NamedTuple):
    """An element. *text* is the text inside it, in parts."""

    tag: str
    attributes: dict[str, str]
    text: list[str]

    @property
    def content(self) -> str:
        """The text inside the element."""
        return "".join(self.text)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


class Html(HTMLParser):
    """The elements of a page, in order. The page must be well-formed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(page)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        element = Element(tag, values, [])
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        closed = self._open.pop()
        assert closed.tag == tag, f"</{tag}> closes <{closed.tag}>"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text.append(data)

    def all(self, tag: str, kind: str = "") -> list[Element]:
        """Return the elements with *tag*, and with the class *kind* if it is given."""
        found = [element for element in self.elements if element.tag == tag]
        return [element for element in found if not kind or kind in element.classes]

    def by_id(self, name: str) -> Element:
        """Return the element with the id *name*."""
        (found,) = [e for e in self.elements if e.attributes.get("id") == name]
        return found

    @property
    def messages(self) -> list[Element]:
        """The messages, without the blank one that scripts copy."""
        return [item for item in self.all("li", "message") if "id" in item.attributes]

    @property
    def texts(self) -> list[str]:
        """The texts of the messages."""
        return [text.content for text in self.all("p", "text")][: len(self.messages)]

    @property
    def links(self) -> dict[str, str]:
        """The addresses of the links, by their text."""
        return {a.content: a.attributes["href"] for a in self.all("a")}


class GetPage(Protocol):
    """Returns the parsed page at *address*; the response must have *status*."""

    def __call__(self, address: str, status: int = 200) -> Html: ...
