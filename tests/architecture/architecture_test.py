#!/usr/bin/python3
"""The rules of the house, tried on small trees that break them one at a time."""

import tempfile
import unittest
from pathlib import Path

import architecture

GOOD = {
    "src/main.cpp": "#include <mlops/cli/run.hpp>\n",
    "src/CMakeLists.txt": "add_executable(mlops main.cpp)\n",
    "include/mlops/cli/run.hpp": "#include <string>\n",
    "include/mlops/support/text.hpp": "#include <fmt/core.h>\n#include <sys/stat.h>\n",
    "include/mlops/domain/names.hpp": "#include <mlops/support/text.hpp>\n",
    "include/mlops/store/store.hpp": "#include <mlops/domain/names.hpp>\n",
    "include/mlops/artifacts/store.hpp": "#include <mlops/domain/names.hpp>\n",
    "src/store/CMakeLists.txt": "mlops_room(store SOURCES sqlite/db.cpp USES domain support)\n",
    "src/store/sqlite/db.hpp": "#include <memory>\n",
    "src/store/sqlite/db.cpp": '#include "db.hpp"\n#include "sqlite/db.hpp"\n#include <sqlite3.h>\n#include <mlops/version.hpp>\n',
    "src/support/CMakeLists.txt": "mlops_room(support SOURCES\n  digest.cpp)  # text.cpp\n",
    "src/support/digest.cpp": "#include <openssl/evp.h>\n",
    "tests/unit/store/CMakeLists.txt": "mlops_unit_tests(store SOURCES sqlite/db_test.cpp)\n",
    "tests/unit/store/sqlite/db_test.cpp": "#include <catch2/catch.hpp>\n",
}


def breaches(**changes):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**GOOD, **changes.get("files", {})}.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return list(architecture.breaches(Path(folder)))


class ArchitectureTest(unittest.TestCase):
    def assert_one_breach(self, path, text, expected):
        found = breaches(files={path: text})
        self.assertEqual(len(found), 1, found)
        self.assertIn(path, found[0])
        self.assertIn(expected, found[0])

    def test_a_good_tree_has_no_breaches(self):
        self.assertEqual(breaches(), [])

    def test_a_room_may_not_include_a_higher_floor(self):
        self.assert_one_breach("include/mlops/domain/names.hpp", "#include <mlops/store/store.hpp>\n", "floor 3")

    def test_rooms_of_one_floor_may_not_include_each_other(self):
        self.assert_one_breach("src/store/sqlite/db.hpp", "#include <mlops/artifacts/store.hpp>\n", "may not include artifacts")

    def test_a_quoted_header_is_of_the_own_room(self):
        self.assert_one_breach("src/support/digest.cpp", '#include "sqlite/db.hpp"\n', "own room")
        self.assert_one_breach("src/support/digest.cpp", '#include "../store/sqlite/db.hpp"\n', "own room")

    def test_third_party_headers_stay_in_their_room(self):
        for header in ("sqlite3.h", "git2.h", "CLI/CLI.hpp", "toml++/toml.h", "nlohmann/json_fwd.hpp"):
            with self.subTest(header=header):
                self.assert_one_breach("src/support/digest.cpp", f"#include <{header}>\n", "may only be included in")
        self.assert_one_breach("src/store/sqlite/db.cpp", "#include <openssl/sha.h>\n", "may only be included in")

    def test_unknown_and_missing_headers_are_breaches(self):
        self.assert_one_breach("src/support/digest.cpp", "#include <boost/any.hpp>\n", "docs/dependencies.md")
        self.assert_one_breach("src/support/digest.cpp", "#include <mlops/support/gone.hpp>\n", "does not exist")
        self.assert_one_breach("src/support/digest.cpp", "#include <iostream>\n", "start")

    def test_the_program_includes_nothing_but_cli(self):
        self.assert_one_breach("src/main.cpp", "#include <mlops/support/text.hpp>\n", "cli")

    def test_files_left_out_of_the_build_are_found(self):
        self.assert_one_breach("src/support/text.cpp", "", "forgotten")
        self.assert_one_breach("src/other.cpp", "", "forgotten")
        self.assert_one_breach("tests/unit/store/sqlite/other_test.cpp", "", "forgotten")

    def test_a_library_may_not_link_a_higher_floor(self):
        self.assert_one_breach("src/support/CMakeLists.txt", "mlops_room(support SOURCES digest.cpp USES domain)\n", "may not use domain")

    def test_an_unknown_room_is_a_breach(self):
        self.assertIn("is not a room", breaches(files={"include/mlops/attic/x.hpp": ""})[0])

    def test_unfinished_work_is_a_breach(self):
        self.assert_one_breach("docs/a.md", "one\nTO" "DO: two\n", "docs/a.md:2")
        self.assertEqual(breaches(files={"tests/a.sh": "mktemp -d a." + "X" * 6}), [])


if __name__ == "__main__":
    unittest.main()
