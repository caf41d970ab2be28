#!/usr/bin/python3
"""The manifest of a training beside the JSON schemas that Kubernetes publishes, of several of its versions, and PyYAML.

    kubernetes_test.py MLOPS BIN

BIN is the folder of a virtual environment with the packages below.
"""
# from PyPI: kubernetes-validate

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

mlops, peers = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]).absolute()

POLICY = """\
[model.m.train]
command   = ["python3", "train.py", "--note", "it's $(HOME) and $$"]
outputs   = { model = "model/" }
timeout   = 3600
retry     = { exit_codes = [75], times = 2 }
resources = { cpu = 2.5, memory = "8 GiB", gpu = 1 }
"""
PROFILE = """\
[profile.cloud]
kind = "kubernetes"
folder = "/shared/mlops"
image = "registry.example/train@sha256:%s"
claim = "training"
namespace = "ml"
service_account = "trainer"
""" % ("0" * 64)
VALIDATE = """\
import json, sys, yaml, kubernetes_validate
versions, text = json.loads(sys.argv[1]), sys.stdin.read()
manifest = yaml.safe_load(text)
for version in versions:
    kubernetes_validate.validate(manifest, version, strict=True)
try:
    kubernetes_validate.validate(manifest | {"spec": {"backoffLimit": "three"}}, versions[-1], strict=True)
    raise SystemExit("the schema accepts anything")
except kubernetes_validate.ValidationError:
    pass
print(json.dumps(manifest))
"""


class Manifest(unittest.TestCase):
    def setUp(self):
        if not (peers / "kubernetes-validate").exists():
            self.skipTest("kubernetes-validate is not installed")
        folder = tempfile.TemporaryDirectory(prefix="mlops-interop-")
        self.addCleanup(folder.cleanup)
        self.project = Path(folder.name)
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": folder.name, "GIT_CONFIG_GLOBAL": "/dev/null"}
        (self.project / "mlops.toml").write_text(POLICY)
        for words in (["git", "init", "-q"], ["git", "config", "user.name", "Ada"], ["git", "config", "user.email", "ada@example.org"],
                      [mlops, "init", "-q"], ["git", "add", "."], ["git", "commit", "-qm", "a recipe"]):
            self.call(words)
        (self.project / ".mlops/config.toml").write_text(PROFILE)

    def call(self, words, **options):
        done = subprocess.run(words, cwd=self.project, env=self.environment, capture_output=True, text=True, check=False, **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_manifest_is_valid_and_says_what_was_meant(self):
        text = self.call([mlops, "retrain", "m", "--on", "cloud", "-n", "-o", "yaml"])
        versions = ["1.31", "1.34"]
        manifest = json.loads(self.call([str(peers / "python"), "-c", VALIDATE, json.dumps(versions)], input=text))
        container = manifest["spec"]["template"]["spec"]["containers"][0]
        self.assertEqual(container["command"][:2], ["/bin/sh", "-c"])
        self.assertEqual(container["resources"]["limits"]["nvidia.com/gpu"], "1")
        self.assertEqual(manifest["spec"]["template"]["spec"]["restartPolicy"], "Never")
        # The script is a script, before and after what Kubernetes does with it.
        script = container["command"][2].replace("$$", "$")
        self.assertEqual(subprocess.run(["sh", "-n"], input=script, text=True, check=False).returncode, 0)
        self.assertIn("'it'\\''s $(HOME) and $$'", script)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2, exit=False).result
    sys.exit(1 if not result.wasSuccessful() else 77 if result.skipped else 0)
