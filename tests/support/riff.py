"""What a SoundFont holds, read by its specification alone."""

import struct

RECORDS = {
    "phdr": ("20sHHHIII", "name preset bank bag library genre morphology"),
    "pbag": ("HH", "generator modulator"),
    "pmod": ("HHhHH", "source destination amount amount_source transform"),
    "pgen": ("HH", "kind amount"),
    "inst": ("20sH", "name bag"),
    "ibag": ("HH", "generator modulator"),
    "imod": ("HHhHH", "source destination amount amount_source transform"),
    "igen": ("HH", "kind amount"),
    "shdr": ("20sIIIIIBbHH", "name start end loop_start loop_end rate root correction link type"),
}


def chunks(content):
    """Chunks of a RIFF body as (tag, content), in order; fails if they do not fill it."""
    found, place = [], 0
    while place < len(content):
        tag, size = struct.unpack_from("<4sI", content, place)
        found.append((tag.decode(), content[place + 8 : place + 8 + size]))
        assert len(found[-1][1]) == size, "a chunk is cut off"
        place += 8 + size + size % 2
    assert place == len(content)
    return found


def read_sound_font(path):
    """Dict of the chunks of a SoundFont: bytes of `ifil`, `INAM`, `smpl` …, and lists of dicts of the tables."""
    content = path.read_bytes()
    assert content[:4] == b"RIFF" and content[8:12] == b"sfbk"
    assert struct.unpack_from("<I", content, 4) == (len(content) - 8,)
    lists = chunks(content[12:])
    assert [(tag, body[:4]) for tag, body in lists] == [("LIST", b"INFO"), ("LIST", b"sdta"), ("LIST", b"pdta")]
    font = {tag: body for _, part in lists for tag, body in chunks(part[4:])}
    assert [tag for tag, _ in chunks(lists[2][1][4:])] == list(RECORDS)
    for tag, (form, names) in RECORDS.items():
        rows = [dict(zip(names.split(), row, strict=True)) for row in struct.iter_unpack("<" + form, font[tag])]
        for row in rows:
            if "name" in row:
                assert row["name"].endswith(b"\0"), "a name has no end"
                row["name"] = row["name"].split(b"\0")[0].decode("ascii")
        font[tag] = rows
    return font


def zones(font, preset):
    """The zones of a preset with one instrument as dicts from generator to amount; the first is the global one."""
    (index,) = (
        font["pgen"][i]["amount"]
        for i in range(font["pbag"][font["phdr"][preset]["bag"]]["generator"],
                       font["pbag"][font["phdr"][preset + 1]["bag"]]["generator"])
    )  # fmt: skip
    bags = range(font["inst"][index]["bag"], font["inst"][index + 1]["bag"])
    parts = ((font["ibag"][bag]["generator"], font["ibag"][bag + 1]["generator"]) for bag in bags)
    return [{row["kind"]: row["amount"] for row in font["igen"][first:last]} for first, last in parts]
