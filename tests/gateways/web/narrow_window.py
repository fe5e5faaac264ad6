"""What is in the menu, and behind the search button of a narrow window."""

from tests.gateways.web.browser import Locator, Tab


def menu_button(tab: Tab, name: str) -> Locator:
    """Open the menu at the end of the header, and return its button *name*."""
    tab.page.get_by_role("button", name="Menu").click()
    return tab.page.locator("#settings").get_by_role("button", name=name)


def search_for(tab: Tab, words: str) -> None:
    """Search from the header, which has only a button in a narrow window."""
    box = tab.page.locator("#find")
    if not box.is_visible():
        tab.page.get_by_role("button", name="Search").click()
        box = tab.page.get_by_role("dialog").get_by_role("searchbox")
    box.fill(words)
    box.press("Enter")
