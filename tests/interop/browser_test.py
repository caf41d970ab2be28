#!/usr/bin/python3
"""The page of a report in a real browser: it loads from a file, asks nobody for anything, and shows why the gate said no at once.

    browser_test.py MLOPS BIN

BIN is the folder of a virtual environment with the packages below; the browser is Debian's `chromium`. MLOPS_SCREENSHOTS names a
folder for what it looks like, to be looked at.
"""
# from PyPI: playwright==1.65.2 pypdf==7.1.1
# from Debian: chromium

import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

python = Path(sys.argv[2]).absolute() / "python"
if sys.executable != str(python) and python.exists():
    os.execv(python, [python, "-B", *sys.argv])

try:
    import pypdf
    from playwright.sync_api import sync_playwright
except ImportError as error:
    print(f"skipped: {error.name} is not here", file=sys.stderr)
    sys.exit(77)

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/accuracy"))
from sides import Program  # noqa: E402

BROWSER = shutil.which("chromium")
if BROWSER is None:
    print("skipped: there is no browser here; Debian's is `apt-get install chromium`", file=sys.stderr)
    sys.exit(77)

mlops = Path(sys.argv[1]).resolve()
SIZES = {"desk": (1280, 720), "phone": (390, 844)}
SCREENSHOTS = os.environ.get("MLOPS_SCREENSHOTS")
GATES = """
[gate.staging]
checks = ["artifacts.intact"]
[gate.production]
checks = ["artifacts.intact", "fair", "drift", "crashes"]
metrics = ["auc >= 0.95", "auc >= staging.auc"]
predictions = ["accuracy >= 0.9", "accuracy >= staging - 0.02", "recall of yes by region >= 0.5"]
approvals = 1
[check.fair]
command = ["sh", "figures.sh", "fair"]
[check.drift]
command = ["sh", "figures.sh", "drift"]
[check.crashes]
command = ["no such program"]
[model.churn.predictions]
data = "holdout.csv"
command = ["cp", "{files}/predictions.csv", "{predictions}"]
"""


def labels(rows, wrong):
    truth = ["yes" if row % 3 == 0 else "no" for row in range(rows)]
    return truth, [{"yes": "no", "no": "yes"}[label] if row % 100 < wrong else label for row, label in enumerate(truth)]


def make_project(program):
    """churn@1 holds staging, and churn@2 is refused by production for every reason there is."""
    project = program.folder / "project"
    os.makedirs(project)
    shutil.copy(ROOT / "tests/commands/fixtures/figures.sh", project)
    (project / "mlops.toml").write_text(GATES, encoding="utf-8")
    truth, _ = labels(400, 0)
    regions = ["south" if row % 4 else "north" for row in range(400)]
    program.write("project/holdout.csv", {"truth": truth, "region": regions})
    for argv in (["init", "-q"], ["add", "."], ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-qm", "Judge"]):
        program.run(project, "git", *argv)
    program.run(project, mlops, "init", "-q")
    for number, wrong in ((1, 5), (2, 12)):
        os.makedirs(project / f"version{number}")
        program.write(f"project/version{number}/predictions.csv", {"prediction": labels(400, wrong)[1]})
        program.run(project, mlops, "register", "churn", project / f"version{number}", "--metric", f"auc={0.95 - number / 100}", "-q")
    program.run(project, mlops, "promote", "churn@1", "--to", "staging", "-q", "--report", program.folder / "passed.html")
    program.run(project, mlops, "promote", "churn@2", "--to", "production", "-q", "--report", program.folder / "refused.html", codes=(3,))


class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="mlops-interop-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        make_project(Program(mlops, cls.folder))
        driver = sync_playwright().start()
        cls.addClassCleanup(driver.stop)
        # As root, as in most containers, there is no sandbox; nothing here is a stranger's page.
        cls.browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        cls.addClassCleanup(cls.browser.close)

    def open(self, name, size="desk", scheme="light"):
        """The page, which may ask for nothing but itself, and of which the browser may not complain."""
        width, height = SIZES[size]
        page = self.browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        self.addCleanup(page.close)
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        address = (self.folder / name).as_uri()
        page.goto(address, wait_until="networkidle")
        self.assertEqual(asked, [address])
        self.assertEqual(said, [])
        if SCREENSHOTS:
            os.makedirs(SCREENSHOTS, exist_ok=True)
            page.screenshot(path=Path(SCREENSHOTS) / f"{Path(name).stem}-{size}-{scheme}.png")
        return page

    def assert_visible(self, page, locator):
        box = locator.bounding_box()
        size = page.viewport_size
        self.assertIsNotNone(box)
        self.assertTrue(box["x"] >= 0 and box["x"] + box["width"] <= size["width"], f"{box} in {size}")
        self.assertTrue(box["y"] >= 0 and box["y"] + box["height"] <= size["height"], f"{box} in {size}")

    def test_why_is_seen_without_scrolling(self):
        for size in SIZES:
            for scheme in ("light", "dark"):
                with self.subTest(size=size, scheme=scheme):
                    page = self.open("refused.html", size, scheme)
                    self.assertIn("refused by production", page.locator("h1").inner_text())
                    self.assert_visible(page, page.locator("header"))
                    self.assertIn("command `no such program` is not found", page.locator("header").inner_text())
                    self.assert_visible(page, page.locator(".why").first)

    def test_nothing_is_wider_than_the_screen(self):
        for name in ("refused.html", "passed.html"):
            page = self.open(name, "phone")
            self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), SIZES["phone"][0], name)

    def test_light_and_dark_can_be_read(self):
        for scheme, darker in (("light", "ink"), ("dark", "ground")):
            page = self.open("refused.html", scheme=scheme)
            lights = page.evaluate(CONTRASTS)
            self.assertEqual(lights["body"]["ink"] < lights["body"]["ground"], darker == "ink", lights)
            for name, light in lights.items():
                contrast = (max(light.values()) + 0.05) / (min(light.values()) + 0.05)
                self.assertGreaterEqual(contrast, 4.5, f"WCAG 2.2, 1.4.3: {name} in {scheme}")

    def test_paper_has_the_decision_on_its_first_page(self):
        page = self.open("refused.html", scheme="dark")
        printed = self.folder / "refused.pdf"
        page.pdf(path=printed, format="A4")
        if SCREENSHOTS:
            shutil.copy(printed, SCREENSHOTS)
        first = " ".join(pypdf.PdfReader(printed).pages[0].extract_text().split())
        self.assertIn("churn@2: refused by production", first)
        self.assertIn(" ".join(page.locator(".why").first.inner_text().split()), first)

    def test_what_passed_says_so(self):
        page = self.open("passed.html")
        self.assertIn("staging", page.locator("h1").inner_text())
        self.assertEqual(page.locator(".why").count(), 0)


# The luminance of inks and of the grounds that they stand on, as WCAG 2.2 computes it.
CONTRASTS = """() => {
  const light = (colour) => {
    const parts = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ground = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return colour === 'rgba(0, 0, 0, 0)' && element.parentElement ? ground(element.parentElement) : colour;
  };
  const found = {};
  for (const name of ['body', 'h1 .result', 'header p', 'article .result', 'dt', '.why', 'figcaption', '.facts', 'td.result']) {
    const element = document.querySelector(name);
    if (element) found[name] = { ink: light(getComputedStyle(element).color), ground: light(ground(element)) };
  }
  return found;
}"""

unittest.main(argv=sys.argv[:1], verbosity=2)
