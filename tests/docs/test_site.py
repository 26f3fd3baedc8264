"""The built site: links, references, and players that play."""

import functools
import importlib.util
import re
import subprocess
import sys
import threading
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

import pytest
import soundfile

import keras_musicgan as km
from tests.support.browser import chromium

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
LARGEST_BYTES = 30_000_000


class Page(HTMLParser):
    """The links, resources and identifiers of a page."""

    def __init__(self, path):
        super().__init__()
        self.links, self.resources, self.ids = [], [], set()
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.add(attributes.get("id"))
        loads = tag in ("script", "img", "audio", "source", "iframe") or attributes.get("rel") == "stylesheet"
        for name in ("href", "src"):
            if attributes.get(name):
                (self.resources if loads else self.links).append(attributes[name])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("mkdocstrings") is None:
        pytest.skip("MkDocs is not installed (pip install -e '.[docs]')")
    folder = tmp_path_factory.mktemp("site") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-3000:]
    return folder


@pytest.fixture(scope="module")
def pages(site):
    """Those that MkDocs made."""
    return {path: Page(path) for path in site.rglob("*.html") if "gallery" not in path.relative_to(site).parts[:-1]}


def test_no_link_is_dead_and_nothing_is_loaded_from_elsewhere(site, pages):
    assert len(pages) > 40
    for path, page in pages.items():
        for link in page.resources:
            assert not urlsplit(link).scheme and not link.startswith("//"), f"{path.name} loads {link}"
        for link in page.links + page.resources:
            parts = urlsplit(link)
            if parts.scheme or path.name == "404.html":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), f"{path.name} links to {link}"
            if parts.fragment and target in pages:
                known = pages[target].ids | {"__toc", "__search"}
                assert unquote(parts.fragment) in known, f"{path.name} links to {link}"
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < LARGEST_BYTES


def test_every_public_name_has_its_place(site, pages):
    modules = {name: module for name in km.__all__ if isinstance(module := getattr(km, name), ModuleType)}
    for name, module in modules.items():
        page = pages[site / "reference" / f"{name}.html"]
        for each in getattr(module, "__all__", ()):
            assert f"keras_musicgan.{name}.{each}" in page.ids
    text = (site / "reference" / "losses.html").read_text()
    assert "the generator maximizes log D(G(z))" in text and "Geometric GAN (Lim and Ye, 2017)" in text
    assert not re.search(r"<p>&gt;&gt;&gt; ", "".join(path.read_text() for path in (site / "reference").glob("*.html")))


def test_the_search_finds_a_page_over_http(site):
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, chromium() as browser:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        tab = browser.new_page()
        requests = []
        tab.on("request", lambda request: requests.append(request.url))
        address = f"http://127.0.0.1:{server.server_port}/"
        tab.goto(f"{address}index.html?q=gradient+penalty")
        tab.wait_for_selector(".md-search-result__link[href*='losses']", state="attached")
        assert all(url.startswith((address, "data:", "blob:")) for url in requests)
        server.shutdown()


def test_each_player_of_the_gallery_has_the_length_of_its_sound(site):
    with chromium() as browser:
        tab = browser.new_page()
        requests, errors = [], []
        tab.on("request", lambda request: requests.append(request.url))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto((site / "gallery.html").as_uri())
        tab.wait_for_function("[...document.querySelectorAll('audio')].every((each) => each.readyState >= 1)")
        players = tab.evaluate(
            "[...document.querySelectorAll('audio')].map((e) => [e.getAttribute('src'), e.dataset.seconds, e.duration])"
        )
        assert len(players) >= 15
        for source, seconds, duration in players:
            assert duration == pytest.approx(float(seconds), abs=0.02)
            assert soundfile.info(site / source).duration == pytest.approx(float(seconds), abs=0.001)
        lengths = {source: float(seconds) for source, seconds, _ in players}
        assert lengths["gallery/flute.ogg"] == pytest.approx(1.024) and lengths["gallery/melody.ogg"] == 16.0
        assert all(url.startswith(("file:", "data:", "blob:")) for url in requests)
        tab.goto((site / "gallery" / "drum-machine" / "index.html").as_uri())
        tab.wait_for_selector("#player:not([aria-busy])")
        assert not errors
