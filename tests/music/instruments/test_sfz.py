import struct

import numpy as np
import pytest

from keras_musicgan.music import audio
from keras_musicgan.music.instruments import Instrument, Zone, write_sfz
from tests.support.riff import chunks

RATE = 16_000
TONE = np.sin(np.arange(8000) / 9)[:, None].astype("float32") * 0.5


def regions(path):
    """Dicts of a file's opcodes, those of the group first."""
    lines = [line.split(" ", 1) for line in path.read_text(encoding="ascii").splitlines()]
    assert [header for header, _ in lines] == ["<group>", *["<region>"] * (len(lines) - 1)]
    return [dict(opcode.split("=") for opcode in opcodes.split()) for _, opcodes in lines]


def test_regions_have_their_notes_loops_and_recordings(tmp_path):
    zones = (
        Zone(TONE, (0, 60), 60, (1, 80), loop=(4000, 8000), decay_db=26.0),
        Zone(TONE / 2, (61, 127), 62, loop=(2000, 6000)),
    )
    (path,) = write_sfz(tmp_path / "my=flute.sfz", [Instrument("flute", zones, release_seconds=0.3)], RATE)
    common, first, second = regions(path)
    assert path.name == "my=flute.sfz" and float(common["ampeg_release"]) == pytest.approx(0.39)
    assert first.pop("sample") == "my_flute_samples/00001_flute_60.wav"
    assert first == {
        **{"lokey": "0", "hikey": "60", "pitch_keycenter": "60", "lovel": "1", "hivel": "80"},
        **{"loop_mode": "loop_continuous", "loop_start": "4000", "loop_end": "7999"},
        **{"ampeg_hold": "0.2500", "ampeg_decay": "3.0000", "ampeg_sustain": "0"},
    }
    assert "lovel" not in second and "ampeg_hold" not in second
    sound, rate = audio.read(tmp_path / second["sample"])
    assert rate == RATE
    np.testing.assert_allclose(sound, TONE / 2, atol=1e-4)
    content = (tmp_path / second["sample"]).read_bytes()
    sampler = struct.unpack("<15I", dict(chunks(content[12:]))["smpl"])
    assert struct.unpack_from("<I", content, 4) == (len(content) - 8,)
    assert (sampler[3], sampler[7], sampler[11], sampler[12]) == (62, 1, 2000, 5999)


def test_drums_play_to_their_end_and_cut_each_other_off(tmp_path):
    zones = tuple(Zone(TONE, (key, key), cut_group=group) for key, group in ((36, 0), (42, 1), (46, 1)))
    (path,) = write_sfz(tmp_path / "kit.sfz", [Instrument("kit", zones, None, True)], RATE)
    common, kick, closed, opened = regions(path)
    assert common == {"loop_mode": "one_shot"} and kick["pitch_keytrack"] == "0" and "group" not in kick
    assert closed["group"] == opened["off_by"] == "1"
    assert kick["sample"] == closed["sample"] and len(list((tmp_path / "kit_samples").iterdir())) == 1


def test_several_instruments_are_several_files_and_replace_the_earlier_recordings(tmp_path):
    zone = Zone(TONE, (0, 127), 60)
    write_sfz(tmp_path / "a.sfz", [Instrument("x", (zone, Zone(TONE * 0.5, (0, 127), 60)))], RATE)
    paths = write_sfz(tmp_path / "a.sfz", [Instrument("flute/1", (zone,)), Instrument("flute 1", (zone,))], RATE)
    assert [path.name for path in paths] == ["a_flute_1.sfz", "a_flute_1_2.sfz"]
    assert [file.name for file in (tmp_path / "a_samples").iterdir()] == ["00001_flute_1_60.wav"]


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "a_samples").mkdir()
    (tmp_path / "a_samples" / "thesis.txt").write_text("dear")
    with pytest.raises(ValueError, match=r"a folder of their own. Received: .*a_samples, which holds thesis.txt"):
        write_sfz(tmp_path / "a.sfz", [Instrument("a", (Zone(TONE, (0, 127), 60),))], RATE)
    assert (tmp_path / "a_samples" / "thesis.txt").read_text() == "dear" and not (tmp_path / "a.sfz").exists()
