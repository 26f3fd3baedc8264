"""The smallest SoundFont 2.04 file: one looped sine at 440 Hz on every key."""

import struct

import numpy as np

RATE, PERIODS, LENGTH = 44000, 40, 4000  # 100 samples a period


def write_sine_sound_font(path):
    samples = (20000 * np.sin(2 * np.pi * np.arange(LENGTH) / (LENGTH / PERIODS))).astype("<i2")
    info = chunk(b"ifil", struct.pack("<HH", 2, 4)) + chunk(b"isng", b"EMU8000\0") + chunk(b"INAM", b"sine\0\0")
    sample_data = chunk(b"smpl", samples.tobytes() + b"\0" * 92)
    loop_on, sample_id, instrument = (54, 1), (53, 0), (41, 0)
    hydra = (
        chunk(b"phdr", preset("sine", 0) + preset("EOP", 1))
        + chunk(b"pbag", struct.pack("<HHHH", 0, 0, 1, 0))
        + chunk(b"pmod", b"\0" * 10)
        + chunk(b"pgen", struct.pack("<HH", *instrument) + b"\0" * 4)
        + chunk(b"inst", struct.pack("<20sH", b"sine", 0) + struct.pack("<20sH", b"EOI", 1))
        + chunk(b"ibag", struct.pack("<HHHH", 0, 0, 2, 0))
        + chunk(b"imod", b"\0" * 10)
        + chunk(b"igen", struct.pack("<HH", *loop_on) + struct.pack("<HH", *sample_id) + b"\0" * 4)
        + chunk(b"shdr", header("sine", 0, LENGTH, 100, LENGTH - 100) + header("EOS", 0, 0, 0, 0))
    )
    body = b"sfbk" + listed(b"INFO", info) + listed(b"sdta", sample_data) + listed(b"pdta", hydra)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def listed(name, content):
    return chunk(b"LIST", name + content)


def preset(name, bag):
    return struct.pack("<20sHHHIII", name.encode(), 0, 0, bag, 0, 0, 0)


def header(name, start, end, loop_start, loop_end):
    return struct.pack("<20sIIIIIBbHH", name.encode(), start, end, loop_start, loop_end, RATE, 69, 0, 0, 1)
