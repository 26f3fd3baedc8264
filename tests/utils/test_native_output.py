import os
import subprocess
import sys

import pytest

from keras_musicgan.utils.native_output import held_back_errors


def test_native_output_is_held_back(capfd):
    os.write(2, b"before\n")
    with held_back_errors():
        os.write(2, b"remark of native code\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "before\nafter\n"


def test_it_is_shown_if_the_block_raises(capfd):
    with pytest.raises(ImportError), held_back_errors():
        os.write(2, b"libcuda.so is missing\n")
        raise ImportError
    assert capfd.readouterr().err == "libcuda.so is missing\n"


def test_a_closed_standard_error_is_no_obstacle():
    script = "import os; os.close(2)\nfrom keras_musicgan.utils.native_output import held_back_errors\n"
    done = subprocess.run(
        [sys.executable, "-c", script + "with held_back_errors(): print('done')"], stdout=subprocess.PIPE
    )
    assert done.stdout == b"done\n"
