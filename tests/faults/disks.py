"""File systems in a file, for tests that need one of their own. Where they may not be mounted, the tests are skipped."""

import os
import subprocess

IMAGE_BYTES = {"ext4": 96 << 20, "xfs": 320 << 20}
# So long that nothing is flushed for another reason than that somebody asked.
OPTIONS = {"ext4": "loop,commit=300", "xfs": "loop"}
OPTIONS_OF_COPY = {"ext4": "loop", "xfs": "loop,nouuid"}


def succeeds(*argv):
    try:
        return subprocess.run([str(word) for word in argv], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except FileNotFoundError:
        return False


class Disk:
    """Mounted at `folder` until the test ends."""

    def __init__(self, test, kind):
        self.test, self.kind = test, kind
        self.image, self.copy = test.root / "image", test.root / "image-after"
        self.folder, self.after = test.root / "disk", test.root / "disk-after"
        for folder in (self.folder, self.after):
            folder.mkdir()
        with open(self.image, "wb") as file:
            file.truncate(IMAGE_BYTES[kind])
        if os.geteuid() != 0:
            test.skipTest("only root may mount a file system in a file")
        if not succeeds(f"/usr/sbin/mkfs.{kind}", "-q", self.image):
            test.skipTest(f"mkfs.{kind} is missing or can't be used here")
        if not succeeds("mount", "-o", OPTIONS[kind], self.image, self.folder):
            test.skipTest(f"may not mount a file system ({kind}) in a file here")
        test.addCleanup(succeeds, "umount", "--lazy", self.folder)

    def cut(self):
        """A power cut: mounts at `after` what is on the disk now; what is in memory only is gone."""
        subprocess.run(["cp", "--sparse=always", self.image, self.copy], check=True)
        subprocess.run(["mount", "-o", OPTIONS_OF_COPY[self.kind], self.copy, self.after], check=True)
        self.test.addCleanup(succeeds, "umount", "--lazy", self.after)

    def forget_cut(self):
        subprocess.run(["umount", self.after], check=True)
