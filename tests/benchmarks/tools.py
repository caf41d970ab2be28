"""The tools of the benchmark of artifacts: each keeps versions of a file or a folder in a store of its own, by the command line that a
person would use. `stores` and the like are argument lists, what is measured; everything else here is not."""

import os
import shutil
import subprocess
from pathlib import Path


def shell(script, *arguments):
    return ["/bin/sh", "-c", script, "sh", *map(str, arguments)]


def bytes_below(folder):
    """On disk, each inode once, as `du` tells it."""
    seen, total = set(), 0
    for path, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            status = os.lstat(os.path.join(path, name))
            if status.st_ino not in seen:
                seen.add(status.st_ino)
                total += status.st_blocks * 512
    return total


class Tool:
    deduplicates = False
    checks = True  # whether it hashes what it stores
    settings = {}

    def __init__(self, folder):
        self.folder = Path(folder)
        self.store = self.folder / "store"
        self.environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8",
                            "TMPDIR": str(self.folder), **self.settings}

    def make(self):
        """An empty store."""
        self.store.mkdir(parents=True)

    def prepare(self, source):
        """Where the tool wants its files to be, if not where they are."""

    def settle(self):
        """What follows a store and is no part of it."""

    def stores(self, source):
        raise NotImplementedError

    def verifies(self):
        return None

    def restores(self, target):
        raise NotImplementedError

    def stored_bytes(self):
        return bytes_below(self.store)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *argv):
        subprocess.run([str(word) for word in argv], env=self.environment, cwd=self.folder, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Mlops(Tool):
    name = "mlops"
    deduplicates = True
    program = None
    settings = {"MLOPS_ACTOR": "Ada <ada@example.org>", "GIT_CONFIG_GLOBAL": "/dev/null"}

    def __init__(self, folder):
        super().__init__(folder)
        self.environment["GIT_CEILING_DIRECTORIES"] = str(self.folder)

    def command(self, *words):
        return [str(self.program), "-C", str(self.store), "-q", *map(str, words)]

    def make(self):
        super().make()
        self.run(*self.command("init"))

    def stores(self, source):
        return self.command("register", "model", source)

    def verifies(self):
        return self.command("artifacts", "verify", "--read-data")

    def restores(self, target):
        return self.command("checkout", "model@latest", target)


class Copy(Tool):
    """What people do without a tool: a copy, and the digest beside it."""
    copy = "cp -r"
    digests = "openssl dgst -sha256"
    checks = False

    @property
    def name(self):
        return f"{self.copy} + {self.digests.split()[0]}"

    def copied(self):
        return next(self.store.iterdir())

    def stores(self, source):
        self.source = source
        return shell(f'{self.copy} "$1" "$2/" && find "$1" -type f -print0 | xargs -0 {self.digests}', source, self.store)

    def restores(self, target):
        return shell(f'{self.copy} "$1" "$2"', self.copied(), target)


class CopyFolder(Copy):
    digests = "sha256sum"


class DurableCopy(Copy):
    """A plain copy is in memory when `cp` returns: with this one, a power cut loses nothing either."""
    copy = "cp -r"

    @property
    def name(self):
        return "the same + sync"

    def stores(self, source):
        argv = super().stores(source)
        return [*argv[:2], argv[2] + ' && sync -f "$2"', *argv[3:]]

    def restores(self, target):
        argv = super().restores(target)
        return [*argv[:2], argv[2] + ' && sync -f "$2"', *argv[3:]]


class DurableCopyFolder(DurableCopy):
    digests = "sha256sum"


class SharedCopy(Copy):
    """Blocks shared, not copied, and nothing read."""
    copy = "cp -r --reflink=always"

    @property
    def name(self):
        return self.copy

    def stores(self, source):
        return shell(f'{self.copy} "$1" "$2/"', source, self.store)


class GitLfs(Tool):
    name = "git-lfs"
    settings = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
                "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org"}

    def git(self, *words):
        return ["/usr/bin/git", "-C", str(self.store), *words]

    def make(self):
        super().make()
        for words in (["init", "--quiet"], ["lfs", "install"], ["lfs", "track", "*.bin"], ["add", ".gitattributes"]):
            self.run(*self.git(*words))

    def prepare(self, source):
        """Its files have to be in the working tree: links, so that nothing is copied that others don't copy."""
        work = self.store / "model"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(source, work, copy_function=os.link)

    def settle(self):
        self.run(*self.git("commit", "--quiet", "--allow-empty", "--message", "a version"))

    def stores(self, source):
        return self.git("add", ".")

    def verifies(self):
        return self.git("lfs", "fsck")

    def restores(self, target):
        # --work-tree with an index of its own: a second folder, like the others make.
        target.mkdir(exist_ok=True)
        return shell('GIT_INDEX_FILE="$2.index" git -C "$1" --work-tree="$2" read-tree HEAD && '
                     'GIT_INDEX_FILE="$2.index" git -C "$1" --work-tree="$2" checkout-index --all --force', self.store, target)

    def stored_bytes(self):
        return bytes_below(self.store / ".git")


class Restic(Tool):
    name = "restic"
    deduplicates = True
    settings = {"RESTIC_PASSWORD": "benchmark"}

    def command(self, *words):
        return ["/usr/bin/restic", "--quiet", "-r", str(self.store), *map(str, words)]

    def make(self):
        self.folder.mkdir(parents=True)
        self.run(*self.command("init"))

    def stores(self, source):
        return self.command("backup", source)

    def verifies(self):
        return self.command("check", "--read-data")

    def restores(self, target):
        return self.command("restore", "latest", "--target", target)


class Borg(Tool):
    name = "borg"
    deduplicates = True
    settings = {"BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes"}
    archive = 0

    def make(self):
        self.folder.mkdir(parents=True)
        self.run("/usr/bin/borg", "init", "--encryption=none", self.store)

    def stores(self, source):
        self.archive += 1
        return ["/usr/bin/borg", "create", f"{self.store}::{self.archive}", str(source)]

    def verifies(self):
        return ["/usr/bin/borg", "check", "--verify-data", str(self.store)]

    def restores(self, target):
        target.mkdir(exist_ok=True)
        return shell('cd "$1" && borg extract "$2"', target, f"{self.store}::{self.archive}")


ONE_FILE = (Mlops, Copy, DurableCopy, GitLfs, Restic, Borg)
FOLDER = (Mlops, CopyFolder, DurableCopyFolder, GitLfs, Restic, Borg)
