import http.client
import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import numpy as np
import pytest

from keras_musicgan.conditions import Conditions, Label, Pitch, Tempo, Value
from keras_musicgan.generation.sample_files import read_latents
from keras_musicgan.page.server import MAX_BYTES, application
from tests.support.served import answer, error_of, served
from tests.support.sine_instrument import SineInstrument


@pytest.fixture(scope="module")
def sines():
    gan = SineInstrument(low=60, high=62, seconds=0.1)
    with served(gan, "Sines <b>", sounds=2, steps=4, seed=3) as address:
        yield gan, address


def data_of(page):
    return json.loads(re.search(rb'<script type="application/json" id="model">(.*?)</script>', page)[1])


def wanted(gan, seed=3, positions=(0,), colour="soft"):
    latents = gan.sample_latents(2, seed).tolist()
    return {"latents": latents, "steps": 4, "positions": list(positions), "conditions": {"colour": colour}}


def test_the_page_knows_its_latents_and_where_it_may_ask(sines):
    gan, address = sines
    status, headers, page = answer(address)
    data = data_of(page)
    assert status == 200 and headers["content-type"] == "text/html; charset=utf-8"
    assert (data["title"], data["kind"], data["sounds"], data["steps"]) == ("Sines <b>", "keys", 2, 4)
    assert (data["seed"], data["truncation"]) == (3, None) and data["served"] == {"largestTruncation": 3.0}
    np.testing.assert_array_equal(np.float32(data["latents"]), gan.sample_latents(2, 3))
    policy = re.search(rb'content="(default-src [^"]*)"', page)[1].decode()
    assert "connect-src 'self'" in policy and "unsafe" not in policy and "file:" not in policy
    assert (
        headers["x-content-type-options"] == "nosniff"
        and "frame-ancestors 'none'" in headers["content-security-policy"]
    )
    data = data_of(answer(f"{address}/?seed=9&truncation=0.5")[2])
    np.testing.assert_array_equal(np.float32(data["latents"]), gan.sample_latents(2, 9, 0.5))
    assert (data["seed"], data["truncation"]) == (9, 0.5)


def test_the_first_sounds_are_there_before_the_first_request(sines):
    gan, address = sines
    n_before = len(gan.batches)
    status, headers, sounds = answer(f"{address}/sounds", wanted(gan))
    assert status == 200 and headers["content-type"] == "application/json" and len(gan.batches) == n_before
    assert [len(keys) for keys in json.loads(sounds)] == [3]
    answer(f"{address}/sounds", wanted(gan, positions=[0, 3]))
    assert gan.batches[n_before:] == [3], "the one that is missing"


def test_latents_of_a_seed_and_of_a_file(sines, tmp_path):
    gan, address = sines
    drawn = json.loads(answer(f"{address}/latents")[2])
    again = json.loads(answer(f"{address}/latents?seed={drawn['seed']}")[2])
    assert drawn == again and drawn["truncation"] is None
    status, _, content = answer(f"{address}/latents.npz", {**wanted(gan, positions=[2]), "key": 61})
    (tmp_path / "latents.npz").write_bytes(content)
    latents, _ = read_latents(tmp_path / "latents.npz")
    opened = json.loads(answer(f"{address}/latents", content)[2])
    assert status == 200 and np.float32(opened["latents"]).tolist() == latents.tolist()


def test_numbers_have_ranges_to_choose_from_unless_values_are_given():
    gan = SineInstrument(low=60, high=60, seconds=0.05)
    gan.conditions = Conditions([Pitch(60, 60), Tempo(80, 160), Value("brightness", 0, 1), Label(["a", "b"], "kind")])
    with served(gan, brightness=[0.25, 0.5], sounds=1) as address:
        tempo, brightness, kind = data_of(answer(address)[2])["choices"]
    assert tempo["range"] == [80, 160] and "range" not in brightness and "range" not in kind
    assert brightness["values"] == [0.25, 0.5]


@pytest.mark.parametrize(
    ("path", "content", "status", "words"),
    [
        ("/latents?seed=-1", None, 400, "`seed` must be an integer of at least 0, below 9007199254740992. Received"),
        ("/latents?seed=x", None, 400, "`seed` must be a number. Received: seed='x'"),
        ("/?truncation=0", None, 400, "`truncation` must be above 0"),
        ("/latents?truncation=nan", None, 400, "`truncation` must be above 0"),
        ("/latents?sede=1", None, 400, "The query takes `seed` and `truncation`. Received: sede='1'"),
        ("/latents", b"PK nonsense", 400, "Latents must be in an .npz file"),
        ("/sounds", b"{", 400, "The request must be JSON. Received: Expecting property name"),
        ("/sounds", b"[" * 100_000, 400, "The request must be JSON"),
        ("/sounds", b"\xff", 400, "The request must be JSON"),
        ("/sounds", {"latents": [[1e999]]}, 400, "The request must be an object of `latents`, `steps`"),
        ("/sounds", b" " * (MAX_BYTES + 1), 413, "A request must have at most 8 MB."),
        ("/sounds", None, 405, "Method Not Allowed"),
        ("/../pyproject.toml", None, 404, "Not Found"),
    ],
)
def test_wrong_requests_are_answered_in_words(sines, path, content, status, words):
    found, error = error_of(sines[1] + path, content)
    assert found == status and error.startswith(words) and "\n" not in error


def test_pages_of_others_are_refused(sines):
    address = sines[1]
    port = urlsplit(address).port
    for host in (f"localhost:{port}", f"192.168.0.5:{port}", f"[::1]:{port}"):
        assert answer(address, Host=host)[0] == 200
        assert answer(f"{address}/latents", Host=host, Origin=f"http://{host}")[0] == 200
    for host in (f"evil.example:{port}", "", "[", f"127.0.0.1.evil.example:{port}"):
        status, error = error_of(address, Host=host)
        assert status == 403 and error.startswith("This page is served under 127.0.0.1 and localhost. Received")
    for origin in ("http://evil.example", "null", f"http://127.0.0.1:{port + 1}", f"https://127.0.0.1:{port}"):
        status, error = error_of(f"{address}/sounds", wanted(sines[0]), Origin=origin)
        assert status == 403 and error.endswith(f"a request of {origin}")


class SlowInstrument(SineInstrument):
    """Its clips wait for `go`; it notes how many batches are generated at once."""

    def __init__(self, **options):
        super().__init__(**options)
        self.go, self.begun, self.running, self.most = threading.Event(), threading.Event(), 0, 0
        self.go.set()

    def generate(self, *arguments, **options):
        self.running += 1
        self.most = max(self.most, self.running)
        self.begun.set()
        assert self.go.wait(10)
        try:
            time.sleep(0.02)
            return super().generate(*arguments, **options)
        finally:
            self.running -= 1


def test_two_browsers_at_once_are_served_one_after_the_other():
    gan = SlowInstrument(low=60, high=61, seconds=0.05)
    with served(gan, sounds=2, seed=3) as address, ThreadPoolExecutor(8) as browsers:
        seeds = range(8)
        answers = list(browsers.map(lambda seed: answer(f"{address}/sounds", wanted(gan, seed, [1])), seeds))
        alone = [answer(f"{address}/sounds", wanted(gan, seed, [1])) for seed in seeds]
    assert [content for *_, content in answers] == [content for *_, content in alone]
    assert len({content for *_, content in answers}) == 8 and gan.most == 1


def test_what_a_browser_no_longer_waits_for_is_left_out():
    gan = SlowInstrument(low=60, high=61, seconds=0.05)
    with served(gan, sounds=2, seed=3) as address, ThreadPoolExecutor(1) as browsers:
        gan.go.clear()
        gan.begun.clear()
        first = browsers.submit(answer, f"{address}/sounds", wanted(gan, 4))
        assert gan.begun.wait(10)
        leaving = http.client.HTTPConnection(urlsplit(address).netloc)
        leaving.request("POST", "/sounds", json.dumps(wanted(gan, 5)))
        time.sleep(0.2)  # it waits for its turn
        leaving.close()
        time.sleep(0.2)
        gan.go.set()
        assert first.result()[0] == 200
        assert answer(f"{address}/sounds", wanted(gan, 6))[0] == 200
    seen = {latents for *_, latents in gan.requests}
    rows = {seed: tuple(gan.sample_latents(2, seed)[0].tolist()) for seed in (4, 5, 6)}
    assert [seed for seed, row in rows.items() if row in seen] == [4, 6]


def test_ten_thousand_values_are_one_line():
    gan = SineInstrument()
    gan.conditions = Conditions([Label([f"n{index}" for index in range(10_000)], "speaker")])
    with pytest.raises(ValueError, match="at most 64 values.*10,000 of `speaker`. Name some: speaker=n0,n1"):
        application(gan)
