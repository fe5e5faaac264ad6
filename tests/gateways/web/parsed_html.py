"""Reading HTML as a browser would, as far as a test wants to know."""

from html.parser import HTMLParser
from typing import NamedTuple, Protocol

VOID = {"br", "img", "input", "link", "meta", "path", "rect"}


class Element(NamedTuple):
    """One element: *text* is all that is written inside of it."""

    tag: str
    attributes: dict[str, str]
    text: list[str]

    @property
    def written(self) -> str:
        return "".join(self.text)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


class Html(HTMLParser):
    """The elements of a page in order, and which are inside of which."""

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
        """Return the elements of that *tag* that are of the class *kind*, if any."""
        found = [element for element in self.elements if element.tag == tag]
        return [element for element in found if not kind or kind in element.classes]

    def one(self, name: str) -> Element:
        """Return the element with that id."""
        (found,) = [e for e in self.elements if e.attributes.get("id") == name]
        return found

    @property
    def messages(self) -> list[Element]:
        """Return the messages, without the blank one for scripts."""
        return [item for item in self.all("li", "message") if "id" in item.attributes]

    @property
    def texts(self) -> list[str]:
        """Return what the messages say."""
        return [text.written for text in self.all("p", "text")][: len(self.messages)]

    @property
    def links(self) -> dict[str, str]:
        """Return where the links lead, by what is written on them."""
        return {a.written: a.attributes["href"] for a in self.all("a")}


class Read(Protocol):
    """Ask for the page at *address*, which is answered with *status*."""

    def __call__(self, address: str, status: int = 200) -> Html: ...
