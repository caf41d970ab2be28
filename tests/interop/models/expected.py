"""What a maker writes beside the files it makes: what their own library says of them, for inspect_test.py to compare."""

import json
import sys
from pathlib import Path

CANNOT = 77  # exit code of a maker whose library is not here


class Expected:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.models = []

    def path(self, name):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def add(self, name, **what):
        """`tensors` as [name, dtype, shape, bytes], None for what the library doesn't tell; other keys as in the JSON of `inspect`, of
        which objects may be a part; and `verdict` of the scan."""
        self.models.append({"path": name, "verdict": "allowlisted", **what})

    def save(self):
        (self.folder / "expected.json").write_text(json.dumps(self.models))


def run(make, needs):
    """Of a maker's main: `make(expected)` into the folder that is named by the only argument."""
    for module in needs:
        try:
            __import__(module)
        except Exception as error:  # whatever a library does when half of what it needs is missing
            print(f"{module}: {error}", file=sys.stderr)
            sys.exit(CANNOT)
    expected = Expected(sys.argv[1])
    make(expected)
    expected.save()
