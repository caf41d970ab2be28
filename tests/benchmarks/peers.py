"""Other programs in Python, from a virtual environment that has some of them."""

import sys
from pathlib import Path


class Peers:
    def __init__(self, folder, scripts, packages=None):
        """`scripts` has what each runs; `packages` the package that it is in, where it has another name."""
        self.python = Path(folder).absolute() / "bin/python" if folder else None
        self.scripts = scripts
        self.packages = packages or {}
        self.told = set()

    def commands(self, names, **values):
        """{name: argv} of those that are installed, each with the values as its variables; what is missing is told once."""
        given = "".join(f"{variable} = {str(value)!r}\n" for variable, value in values.items())
        return {name: [str(self.python), "-c", given + self.scripts[name]] for name in names if self.has(self.packages.get(name, name))}

    def has(self, package):
        if self.python is not None and any(self.python.parents[1].glob(f"lib/python*/site-packages/{package}")):
            return True
        if package not in self.told:
            print(f"skipped: {package} is not here; --peers names a virtual environment", file=sys.stderr)
            self.told.add(package)
        return False
