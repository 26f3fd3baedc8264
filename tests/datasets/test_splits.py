import pytest

import keras_musicgan as km
from keras_musicgan.datasets import audio_folder
from keras_musicgan.datasets.splits import check_held_out
from tests.support.audio_files import counting_files, origins, spec, write
from tests.support.models import small_gan


def test_no_file_is_on_both_sides_of_the_split(tmp_path):
    for name, samples in counting_files(10, 350).items():
        write(tmp_path / name, samples)
    options = {"clip": "slices", "overlap": 0.5, "held_out": 0.3}
    data = audio_folder(tmp_path, spec(100), **options)
    files, held_out = set(origins(data.load(), 350)[0]), set(origins(data.held_out.load(), 350)[0])
    assert len(files) == 7 and len(held_out) == 3 and not files & held_out
    again = audio_folder(tmp_path, spec(100), **options)
    assert again.files == data.files and again.held_out.files == data.held_out.files
    assert audio_folder(tmp_path, spec(100), **options, seed=1).held_out.files != data.held_out.files
    assert audio_folder(tmp_path, spec(100), held_out=0).held_out is None


def test_both_sides_of_a_split_hold_something():
    gan = small_gan()
    for share in (0.05, 0.95):
        data = km.datasets.melodies(2, gan, held_out=share, batch_size=2)
        assert len(data.clips) and len(data.held_out.clips)
    assert km.datasets.melodies(2, gan, held_out=0.0).held_out is None


@pytest.mark.parametrize("held_out", [-0.1, 1, float("nan"), "a", None, True])
def test_a_share_out_of_range_is_named(held_out):
    with pytest.raises(ValueError, match=f"`held_out` must be a number of at least 0 and below 1. .*={held_out!r}"):
        check_held_out(held_out)
