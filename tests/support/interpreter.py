"""Another Python process, so that one import of Keras serves several scripts."""

import json
import os
import subprocess
import sys

SERVER = """
import json, os, sys, traceback
for line in sys.stdin:
    code, names, folder = json.loads(line)
    os.chdir(folder)
    try:
        exec(code, names)
        error = None
    except BaseException:
        error = traceback.format_exc()
    print("\\0" + json.dumps(error), flush=True)
"""


class Interpreter:
    """Runs scripts one after the other in a process that knows nothing of this one.

    Args:
        **environment: Variables that differ from those of this process.
    """

    def __init__(self, **environment):
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        )

    def run(self, code, folder, **names):
        """Runs a script in a folder, with these names defined; fails with the traceback of its error."""
        print(json.dumps([code, names, str(folder)]), file=self._process.stdin, flush=True)
        answer = next((line for line in self._process.stdout if line.startswith("\0")), None)
        assert answer is not None, f"the process ended with status {self._process.wait()}"
        error = json.loads(answer[1:])
        assert error is None, error[-3000:]

    def close(self):
        self._process.stdin.close()
        self._process.wait(60)
