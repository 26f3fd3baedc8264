"""Pages in a browser."""

from urllib.parse import urlsplit

import pytest

from tests.support.browser import SPY, chromium


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def opened(browser):
    """A function that opens a page; at the end, nothing but the page itself was loaded and no error was shown."""
    contexts, places, requests, errors = [], [], [], []

    def open_page(address, *scripts, **options):
        place = urlsplit(address)
        places.append(f"{place.scheme}://{place.netloc}/")
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 800}, **options})
        contexts.append(context)
        tab = context.new_page()
        for script in (SPY, *scripts):
            tab.add_init_script(script)
        tab.on("request", lambda request: requests.append(request.url))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        tab.goto(address)
        tab.wait_for_selector("#player:not([aria-busy])")
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert requests and all(url.startswith((*places, "data:", "blob:")) for url in requests)
    assert not errors
