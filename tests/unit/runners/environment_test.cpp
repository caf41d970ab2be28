#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include <mlops/runners/runner.hpp>
#include <mlops/support/files.hpp>
#include <mlops/support/process.hpp>
#include <mlops/support/text.hpp>

#include "interpreter.hpp"

using namespace mlops;
using namespace mlops::runners;
using Words = std::vector<std::string>;

namespace {

std::string printed_by(const Words& argv) {
  const CapturedOutput output = capture_process({.argv = argv});
  return std::string{trim(output.out)};
}

void write_script(const std::filesystem::path& file, const std::string& content) {
  std::ofstream{file} << content;
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
}

void add_package(const std::filesystem::path& folder, const std::string& name, const std::string& version) {
  const std::filesystem::path record = folder / (name + "-" + version + ".dist-info");
  std::filesystem::create_directories(record);
  std::ofstream{record / "METADATA"} << "Metadata-Version: 2.1\nName: " << name << "\nVersion: " << version << "\n";
}

TemporaryDirectory folder() {
  return TemporaryDirectory{std::filesystem::temp_directory_path(), "mlops-environment-test-"};
}

}  // namespace

TEST_CASE("the machine is described for any command") {
  const Json facts = describe_environment({"true"}, "/");
  CHECK(facts.at("kernel").as_string() == printed_by({"uname", "-srm"}));
  CHECK(facts.at("os").as_string() == printed_by({"sh", "-c", ". /etc/os-release; echo \"$PRETTY_NAME\""}));
  CHECK(facts.at("cores").as_integer() == std::stol(printed_by({"nproc"})));
  const std::string total = printed_by({"sh", "-c", "awk '/^MemTotal/ {print $2}' /proc/meminfo"});
  CHECK(facts.at("memory_bytes").as_integer() == std::stol(total) * 1024);
  CHECK(facts.find("interpreter") == nullptr);
  CHECK(facts.find("packages") == nullptr);
}

TEST_CASE("a Python command's interpreter is asked for its version and packages") {
  const Json facts = describe_environment({"python3", "train.py"}, "/");
  const Json& interpreter = facts.at("interpreter");
  CHECK("Python " + interpreter.at("version").as_string() == printed_by({"python3", "--version"}));
  CHECK(interpreter.at("path").as_string() == printed_by({"python3", "-c", "import sys; print(sys.executable)"}));
  CHECK(interpreter.at("implementation").as_string() == "cpython");
}

// Of importlib.metadata.
TEST_CASE("the packages are those that Python itself finds") {
  const std::string told = printed_by({"python3", "-c", R"py(
import json, sys
sys.path = [p for p in sys.path if p]
from importlib import metadata
packages = {}
for one in metadata.distributions():
    if one.metadata["Name"] and one.version: packages.setdefault(one.metadata["Name"], one.version)
print(json.dumps(packages, sort_keys=True))
)py"});
  const Json packages = parse_json(told, "Python");
  REQUIRE(packages.as_object().size() > 3);
  CHECK(canonical(describe_environment({"python3", "train.py"}, "/").at("packages")) == canonical(packages));
}

TEST_CASE("a package counts from the moment it is installed until it is removed") {
  const auto project = folder();
  const auto home = folder();
  const std::string former = getenv("HOME");
  setenv("HOME", home.path().c_str(), 1);
  const auto sample = [&] {
    const Json facts = describe_environment({"python3", "train.py"}, project.path());
    const Json* const version = facts.at("packages").find("sample");
    return version == nullptr ? std::string{} : version->as_string();
  };
  const CapturedOutput site = capture_process({.argv = {"python3", "-m", "site", "--user-site"}});
  if (site.result.exit_code != 0) return;  // this Python looks at no packages in the home folder
  const std::filesystem::path packages{trim(site.out)};
  CHECK(sample().empty());
  add_package(packages, "sample", "1.0");  // into a folder that was not there before
  CHECK(sample() == "1.0");
  std::filesystem::remove_all(packages / "sample-1.0.dist-info");
  add_package(packages, "sample", "2.0");
  CHECK(sample() == "2.0");
  write_script(packages / "elsewhere.pth", (project.path() / "library").string() + "\n");
  add_package(project.path() / "library", "sample", "3.0");
  CHECK(sample() == "2.0");
  std::filesystem::remove_all(packages / "sample-2.0.dist-info");
  CHECK(sample() == "3.0");
  std::filesystem::remove(packages / "elsewhere.pth");
  CHECK(sample().empty());
  setenv("HOME", former.c_str(), 1);
}

TEST_CASE("packages in an archive, and those of a finder of their own, are asked from Python") {
  const auto project = folder();
  const auto library = folder();
  const std::filesystem::path archive = library.path() / "bundle.zip";
  CHECK(printed_by({"python3", "-c",
                    "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w').writestr("
                    "'zipped-1.5.dist-info/METADATA', 'Name: zipped\\nVersion: 1.5\\n'); print('made')",
                    archive.string()}) == "made");
  write_script(library.path() / "sitecustomize.py", R"py(
import sys
class Finder:
    def find_spec(self, name, path=None, target=None): return None
    def find_distributions(self, context=None):
        from importlib import metadata
        class Found(metadata.Distribution):
            def read_text(self, name): return "Name: found\nVersion: 0.1\n" if name == "METADATA" else None
            def locate_file(self, path): return None
        return [Found()]
sys.meta_path.append(Finder())
print("hello from sitecustomize")
)py");
  const auto with_path = [&](const std::string& path) {
    setenv("PYTHONPATH", path.c_str(), 1);
    const Json facts = describe_environment({"python3", "train.py"}, project.path());
    unsetenv("PYTHONPATH");
    return facts.at("packages");
  };
  CHECK(with_path(archive.string()).at("zipped").as_string() == "1.5");
  CHECK(with_path(library.path().string()).at("found").as_string() == "0.1");
}

TEST_CASE("packages are those that the command would see") {
  const auto project = folder();
  const auto library = folder();
  add_package(library.path(), "Sample", "1.2");
  // A module of the project with the name of one of Python's, which must not be taken for it.
  write_script(project.path() / "json.py", "raise SystemExit('the project was imported')\n");
  setenv("PYTHONPATH", library.path().c_str(), 1);
  const Json facts = describe_environment({"python3", "train.py"}, project.path());
  unsetenv("PYTHONPATH");
  CHECK(facts.at("packages").at("Sample").as_string() == "1.2");
}

TEST_CASE("the interpreter is found behind simple wrappers") {
  const auto project = folder();
  write_script(project.path() / "direct.py", "#!/usr/bin/python3.11 -u\n");
  write_script(project.path() / "by_env.py", "#!/usr/bin/env python3\n");
  write_script(project.path() / "train.sh", "#!/bin/sh\npython3 train.py\n");
  write_script(project.path() / "empty", "");
  const auto found = [&](const Words& argv) { return python_of(argv, project.path()); };
  CHECK(found({"python3", "train.py"}) == Words{"python3"});
  CHECK(found({"venv/bin/python", "-m", "train"}) == Words{"venv/bin/python"});
  CHECK(found({"env", "A=1", "B=2", "python3", "train.py"}) == Words{"python3"});
  CHECK(found({"./direct.py"}) == Words{"/usr/bin/python3.11"});
  CHECK(found({"./by_env.py"}) == Words{"python3"});
  CHECK(found({"./train.sh"}).empty());
  CHECK(found({"./empty"}).empty());
  CHECK(found({"./missing"}).empty());
  CHECK(found({"env"}).empty());
  CHECK(found({}).empty());
}

TEST_CASE("an interpreter that doesn't answer is left out") {
  const auto project = folder();
  const std::string answer = GENERATE("no JSON", "1", "[]", "{}");
  write_script(project.path() / "python3", "#!/bin/sh\necho '" + answer + "'\n");
  const Json facts = describe_environment({"./python3", "train.py"}, project.path());
  CHECK(facts.find("interpreter") == nullptr);
  CHECK(describe_environment({"./python4"}, project.path()).find("kernel") != nullptr);
}

TEST_CASE("this host has a name") { CHECK(host_name() == printed_by({"uname", "-n"})); }

TEST_CASE("a process is alive until it ends, even before anyone looked at it") {
  CHECK(process_alive(getpid()));
  CHECK(process_alive(1));
  CHECK_FALSE(process_alive(0));
  CHECK_FALSE(process_alive(-1));
  CHECK_FALSE(process_alive(std::int64_t{1} << 40));

  const pid_t child = fork();
  if (child == 0) _exit(0);
  siginfo_t info{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
  CHECK_FALSE(process_alive(child));
  REQUIRE(waitpid(child, nullptr, 0) == child);
  CHECK_FALSE(process_alive(child));
}
