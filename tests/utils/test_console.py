import io
import os

from rich.console import Console

from keras_musicgan.utils.console import print_plain


def test_names_of_files_that_are_no_text_can_be_printed():
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    print_plain(Console(file=output), "[bold] café", os.fsdecode(b"caf\xe9.wav"))
    output.flush()
    assert output.buffer.getvalue().decode() == "[bold] café\ncaf?.wav\n"
