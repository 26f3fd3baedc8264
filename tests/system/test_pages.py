"""What the pages of the site tell people to run does run, at a tiny size; a file of its own, since it takes long."""

import pytest

from keras_musicgan.page import server
from tests.support.command import musicgan
from tests.support.documents import PAGES, WITH_STEPS, copy_models, make_presets_small, make_small, steps, write_data
from tests.support.models import run_eagerly


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a small run of each kind."""
    folder = tmp_path_factory.mktemp("trained")
    write_data(folder)
    requests = {
        "drums": ["my_drums"],
        "notes": ["my_notes", "--preset", "notes", "--labels", "{instrument}_{pitch}_*"],
        "lecture": ["--preset", "lecture"],
    }
    with pytest.MonkeyPatch.context() as patch:
        make_presets_small(patch)
        run_eagerly(patch)
        patch.chdir(folder)
        for kind, words in requests.items():
            status, _, errors = musicgan("train", *words, "--out", kind, "--epochs", 2, "--set", "data.held_out=0.4")
            assert status == 0, errors
    return folder


@pytest.mark.nightly
@pytest.mark.parametrize("page", WITH_STEPS)
def test_page_runs_at_a_tiny_size(page, tmp_path, monkeypatch, eager, trained):
    write_data(tmp_path)
    make_presets_small(monkeypatch)
    monkeypatch.setattr(server, "serve", lambda app, listening: None)  # it would not end
    monkeypatch.chdir(tmp_path)
    names = {"__name__": page}
    for step in steps(make_small(PAGES[page].read_text())):
        if isinstance(step, str):
            exec(compile(step, page, "exec"), names)
        else:
            copy_models(step, tmp_path, trained)
            status, output, errors = musicgan(*step)
            assert status == 0, f"musicgan {' '.join(step)}: {errors}"
            assert output.strip(), step
