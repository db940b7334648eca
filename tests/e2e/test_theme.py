"""The theme: what the system prefers, with JavaScript and without; and what a person chose."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.cast import House
from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser
COLOURS = """() => {
    const words = "<i class='tone-blue'>New</i> <i class='late'>Late</i> <input class='form-control'>";
    document.querySelector("main").insertAdjacentHTML("beforeend", words);
    const parts = [".brand .icon", ".text-secondary", ".tone-blue", ".late", ".form-control"];
    return ["body", ".card", ".btn", ...parts].map(part => {
        const style = getComputedStyle(document.querySelector(part));
        return [style.backgroundColor, style.color];
    });
}"""


def is_dark(page: Page) -> bool:
    """Is the paper darker than the ink?"""
    (paper, ink), *_ = page.evaluate(COLOURS)
    paper_light, ink_light = (
        page.evaluate(
            """colour => { const canvas = new OffscreenCanvas(1, 1).getContext("2d");
            canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
            return canvas.getImageData(0, 0, 1, 1).data[0]; }""",
            colour,
        )
        for colour in (paper, ink)
    )
    return bool(paper_light < ink_light)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_javascript_the_page_looks_as_with_it(
    visiting: Callable[..., Visit], house: House, scheme: str
) -> None:
    plain, scripted = (
        visiting(color_scheme=scheme, java_script_enabled=runs).sign_in(house.owner) for runs in (False, True)
    )
    assert is_dark(plain) is is_dark(scripted) is (scheme == "dark")
    assert plain.evaluate(COLOURS) == scripted.evaluate(COLOURS)


def test_who_chose_a_theme_keeps_it(visiting: Callable[..., Visit], house: House) -> None:
    page = visiting(color_scheme="dark").sign_in(house.owner)
    page.get_by_role("button", name="Dark theme").click()
    page.reload()
    assert not is_dark(page)
    assert page.locator("html").evaluate("root => getComputedStyle(root).colorScheme") == "light"
