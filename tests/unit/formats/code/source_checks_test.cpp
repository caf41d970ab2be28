#include <mlops/formats/code.hpp>

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <mlops/support/json.hpp>

#include "unit/formats/memory_files.hpp"

namespace mlops::formats {
namespace {

using Texts = std::vector<std::string>;

Texts found(std::string_view source, std::string_view rule) {
  Texts texts;
  for (const CodeWarning& warning : read_code_file("train.py", source)) {
    if (warning.rule == rule) texts.push_back(fmt::format("{} {}", warning.line, warning.what));
  }
  return texts;
}

std::string in_notebook(std::string_view source) {
  return to_line(Json::object(
      {{"nbformat", 4}, {"cells", Json::array({Json::object({{"cell_type", "code"}, {"source", source}})})}}));
}

TEST_CASE("absolute paths in literals") {
  const auto paths = [](std::string_view source) { return found(source, "code.absolute-path").size(); };
  CHECK(found("df = read_csv('/home/ada/data.csv')\n", "code.absolute-path") ==
        Texts{"1 names the absolute path `/home/ada/data.csv`"});
  CHECK(paths("x = '/Users/ada/x'") == 1);
  CHECK(paths("x = r'C:\\data\\x.csv'") == 1);
  CHECK(paths("x = 'C:\\\\data'") == 1);
  CHECK(paths("x = 'C:/data/x'") == 1);
  CHECK(paths("x = r'\\\\server\\share\\x'") == 1);
  CHECK(paths("x = f'/mnt/{name}/x'") == 1);
  CHECK(paths("x = '/srv2/train.csv'") == 1);

  CHECK(paths("#!/usr/bin/env python3\nx = '/dev/null'") == 0);
  CHECK(paths("x = 'https://example.org/home/x.csv'") == 0);
  CHECK(paths("'''see /home/ada'''\ndef f():\n    '''/home/ada/x'''\n") == 0);
  CHECK(paths("@app.get('/predict')\ndef f(): return redirect('/api/v1')") == 0);
  CHECK(paths("x = 'data/x.csv', './x', '../x', '/', '//', '~/x', '/usr/bin/python3'") == 0);
  CHECK(paths("x = r'/data/(\\d+)/x', '\\\\\\\\w*\\n', r'\\\\.\\UNC'") == 0);
  CHECK(paths("print('y:\\n', 'x:\\t1', 'a: b')  # /home/ada/x") == 0);
}

TEST_CASE("packages that are installed without a version") {
  const auto shell = [](std::string_view line) {
    Texts texts;
    for (const CodeWarning& warning : read_code_file("n.ipynb", in_notebook(line))) {
      if (warning.rule == "code.unpinned-install") texts.push_back(warning.what);
    }
    return texts;
  };
  CHECK(shell("!pip install -q numpy pandas==1.5.3 'torch>=2'") ==
        Texts{"installs `numpy`, `torch>=2` without a version"});
  CHECK(shell("%pip install transformers") == Texts{"installs `transformers` without a version"});
  CHECK(shell("!python -m pip install --upgrade pip && pip3 install x").size() == 1);
  CHECK(shell("!{sys.executable} -m pip install x").size() == 1);
  CHECK(shell("!conda install -y -c conda-forge numpy").size() == 1);
  CHECK(shell("!uv pip install x").size() == 1);
  CHECK(shell("!pip install git+https://example.org/x").size() == 1);
  CHECK(shell("!pip install x==1.*").size() == 1);
  CHECK(shell("%%bash\nset -e\npip install x\n").size() == 1);

  CHECK(shell("!pip install -r requirements.txt --index-url https://example.org").empty());
  CHECK(shell("!pip install numpy==1.24.2 . ./pkg x.whl git+https://example.org/x@v1 $PKG").empty());
  CHECK(shell("!conda install -y numpy=1.24").empty());
  CHECK(shell("!pip list\n!echo pip install x in a terminal # pip install y").size() == 1);
  CHECK(shell("%conda list").empty());

  const auto python = [](std::string_view source) { return found(source, "code.unpinned-install").size(); };
  CHECK(python("subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'x'])") == 1);
  CHECK(python("import os\nos.system('pip install x')") == 1);
  CHECK(python("pip.main(['install', 'x'])") == 1);
  CHECK(python("subprocess.run(['pip', 'install', 'x==1.0'])") == 0);
  CHECK(python("subprocess.run(['pip', 'install', '-r', 'requirements.txt'])") == 0);
  CHECK(python("subprocess.run(['pip', 'install', package])") == 0);
  CHECK(python("print('pip install x')\nraise ImportError('pip install x')") == 0);
}

TEST_CASE("files are found by what they say they are, or by their names") {
  const MemoryFiles files{{{"a.py", "x = '/home/ada/x'\n"},
                           {"b.txt", "import os\nx = '/home/ada/x'\n"},
                           {"c.txt", "import os from /home/ada/x"},
                           {"d.json", in_notebook("x = '/home/ada/x'")},
                           {"e/f.ipynb", "nothing"}}};
  Texts places;
  for (const CodeWarning& warning : read_code(files)) places.push_back(warning.place() + " " + warning.rule);
  CHECK(places == Texts{"a.py, line 1 code.absolute-path", "b.txt, line 2 code.absolute-path",
                        "d.json, cell 1, line 1 code.absolute-path", "e/f.ipynb code.unreadable"});
}

TEST_CASE("what is not Python is unreadable, with its line") {
  CHECK(found("x = 1\ny = (\n", "code.unreadable") == Texts{"2 `(` is not closed"});
}

}  // namespace
}  // namespace mlops::formats
