#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

using namespace mlops;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

struct Tree {
  TemporaryDirectory folder{fs::temp_directory_path(), "mlops-test-"};
  fs::path root = folder.path() / "root";

  Tree() { make_directories(root); }

  void file(const std::string& name, std::string_view content = "") const {
    make_directories((root / name).parent_path());
    write_file_atomic(root / name, content);
  }
  void link(const std::string& name, const fs::path& target) const {
    make_directories((root / name).parent_path());
    fs::create_symlink(target, root / name);
  }
  [[nodiscard]] std::vector<std::string> names(const std::function<bool(std::string_view)>& skip = {}) const {
    std::vector<std::string> result;
    for (const ListedFile& file : list_files(root, skip)) result.push_back(file.relative);
    return result;
  }
  // The message with which the tree is refused as invalid input.
  [[nodiscard]] std::string refusal() const {
    try {
      (void)list_files(root);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::usage);
      return error.message();
    }
    return "accepted";
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the files of a folder are listed sorted by their bytes") {
  const Tree tree;
  tree.file("b.txt", "12345");
  tree.file("a/z");
  tree.file("a.txt");
  tree.file("B");
  tree.file("a/deep/er/file");
  make_directories(tree.root / "empty");
  CHECK(tree.names() == Names{"B", "a.txt", "a/deep/er/file", "a/z", "b.txt"});
  const auto files = list_files(tree.root);
  CHECK(files.back().state.size == 5);
  CHECK(read_file(files.back().absolute) == "12345");
  CHECK(files.back().absolute.is_absolute());
}

TEST_CASE("names may hold anything a file system allows") {
  const Tree tree;
  tree.file("模型 v1 🚀.bin");
  tree.file("-rf");
  tree.file(" two  spaces ");
  tree.file("line\nbreak");
  tree.file(std::string(255, 'n'));
  CHECK(tree.names() == Names{" two  spaces ", "-rf", "line\nbreak", std::string(255, 'n'), "模型 v1 🚀.bin"});
}

TEST_CASE("a file that can be executed says so") {
  const Tree tree;
  tree.file("plain");
  tree.file("tool");
  REQUIRE(::chmod((tree.root / "tool").c_str(), 0755) == 0);
  const auto files = list_files(tree.root);
  CHECK_FALSE(files[0].executable);
  CHECK(files[1].executable);
}

TEST_CASE("a file is a listing of itself") {
  const Tree tree;
  tree.file("model.bin", "123");
  const auto files = list_files(tree.root / "model.bin");
  REQUIRE(files.size() == 1);
  CHECK(files[0].relative == "model.bin");
  CHECK(files[0].state.size == 3);
}

TEST_CASE("links within the folder are followed, to files and to folders") {
  const Tree tree;
  tree.file("data/v1/train.csv", "1,2");
  tree.link("data/latest", "v1");
  tree.link("train.csv", "data/latest/train.csv");
  tree.link("absolute", tree.root / "data/v1/train.csv");
  CHECK(tree.names() == Names{"absolute", "data/latest/train.csv", "data/v1/train.csv", "train.csv"});
  for (const ListedFile& file : list_files(tree.root)) CHECK(read_file(file.absolute) == "1,2");
}

TEST_CASE("the folder may be named through a link itself") {
  const Tree tree;
  tree.file("a");
  fs::create_directory_symlink(tree.root, tree.folder.path() / "alias");
  CHECK(list_files(tree.folder.path() / "alias").size() == 1);
  CHECK(list_files(tree.root / ".." / "root" / "").size() == 1);
}

TEST_CASE("a link out of the folder is refused, by whatever way it leads out") {
  const Tree tree;
  write_file_atomic(tree.folder.path() / "secret", "s3cret");
  make_directories(tree.folder.path() / "root-twin");
  write_file_atomic(tree.folder.path() / "root-twin" / "file", "");
  const auto target = GENERATE(as<std::string>{}, "/etc/passwd", "/", "..", "../secret", "../root-twin",
                               "../root-twin/file", "../root/../secret", "/dev/null");
  CAPTURE(target);
  tree.link("sub/link", target.starts_with("..") ? "../" + target : target);
  CHECK_THAT(tree.refusal(), Contains("`sub/link` is a symbolic link that leads out of its folder") ||
                                 Contains("leads back to a folder that it is in"));
}

TEST_CASE("a link through another link is judged by where it ends") {
  const Tree tree;
  write_file_atomic(tree.folder.path() / "secret", "s3cret");
  tree.link("one", "two");
  tree.link("two", "../secret");
  CHECK_THAT(tree.refusal(), Contains("leads out of its folder"));
}

TEST_CASE("links that loop are refused") {
  SECTION("to themselves") {
    const Tree tree;
    tree.link("self", "self");
    CHECK(tree.refusal() == "`self` is a symbolic link that leads back to itself");
  }
  SECTION("to the folder they are in") {
    const Tree tree;
    tree.link("sub/up", "..");
    CHECK(tree.refusal() == "`sub/up` leads back to a folder that it is in");
  }
  SECTION("to each other's folders") {
    const Tree tree;
    tree.link("a/to-b", "../b");
    tree.link("b/to-a", "../a");
    CHECK_THAT(tree.refusal(), Contains("leads back to a folder that it is in"));
  }
  SECTION("through an ordinary folder") {
    const Tree tree;
    tree.link("deep/er/up", "../../deep");
    tree.link("start", "deep/er");
    CHECK_THAT(tree.refusal(), Contains("leads back to a folder that it is in"));
  }
}

TEST_CASE("folders that link to each other can't unfold without end") {
  const Tree tree;
  // 2^40 paths, none of which loops.
  for (int level = 0; level < 40; ++level) {
    const std::string folder = "d" + std::to_string(level);
    const std::string next = "../d" + std::to_string(level + 1);
    tree.link(folder + "/a", next);
    tree.link(folder + "/b", next);
  }
  make_directories(tree.root / "d40");
  CHECK_THAT(tree.refusal(), Contains("is one of more than 1000 symbolic links to folders"));
}

TEST_CASE("a link to nothing is refused") {
  const Tree tree;
  tree.link("gone", "no such file");
  CHECK(tree.refusal() == "`gone` is a symbolic link to something that does not exist");
}

TEST_CASE("what is not a file is refused, without waiting for it") {
  const Tree tree;
  REQUIRE(::mkfifo((tree.root / "pipe").c_str(), 0600) == 0);
  CHECK_THAT(tree.refusal(), Contains("`pipe` is not a regular file"));
}

TEST_CASE("folders that are skipped are not looked at, whatever is in them or wherever they lead") {
  const Tree tree;
  tree.file("keep/file");
  tree.file("keep/.git/config");
  tree.link(".venv", "/usr");
  REQUIRE(::mkdir((tree.root / ".mlops").c_str(), 0700) == 0);
  REQUIRE(::mkfifo((tree.root / ".mlops" / "pipe").c_str(), 0600) == 0);
  tree.file(".gitignore");
  const auto skip = [](std::string_view relative) {
    return relative == ".venv" || relative == ".mlops" || relative == "keep/.git";
  };
  CHECK(tree.names(skip) == Names{".gitignore", "keep/file"});
}

TEST_CASE("deep folders are listed") {
  const Tree tree;
  const std::string name(200, 'd');
  fs::path bottom = tree.root;
  for (int level = 0; level < 10; ++level) bottom /= name;
  make_directories(bottom);
  write_file_atomic(bottom / "file", "");
  CHECK(list_files(tree.root).size() == 1);
}

TEST_CASE("a folder that does not exist is not found") {
  const Tree tree;
  CHECK_THROWS_AS(list_files(tree.root / "nowhere"), Error);
}
