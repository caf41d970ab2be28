#include <mlops/support/files.hpp>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include <mlops/support/error.hpp>

using namespace mlops;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

// A folder of its own for every test.
struct Scratch {
  TemporaryDirectory folder{fs::temp_directory_path(), "mlops-test-"};
  [[nodiscard]] fs::path operator/(const fs::path& name) const { return folder.path() / name; }
};

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator{folder}) names.push_back(entry.path().filename().native());
  return names;
}

template <typename Action>
Error error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return Error{ErrorKind::failed, "no error"};
}

}  // namespace

TEST_CASE("a file is written and read back whole") {
  const Scratch scratch;
  const std::string content =
      GENERATE(std::string{}, std::string{"a\0b\n", 4}, std::string(4096, 'x'), std::string(1'000'000, 'y'));
  write_file_atomic(scratch / "file", content);
  CHECK(read_file(scratch / "file") == content);
  CHECK(names_in(scratch.folder.path()) == std::vector<std::string>{"file"});
}

TEST_CASE("reading stops at the limit, not after it") {
  const Scratch scratch;
  write_file_atomic(scratch / "file", "12345");
  CHECK(read_file(scratch / "file", 5) == "12345");
  const Error error = error_of([&] { (void)read_file(scratch / "file", 4); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK_THAT(error.message(), Contains("file` is larger than 4 B"));
}

TEST_CASE("files without a size are read too: /proc, and endless ones up to the limit") {
  CHECK_THAT(read_file("/proc/self/status"), Contains("Pid:"));
  CHECK(error_of([] { (void)read_file("/dev/zero", 100'000); }).kind() == ErrorKind::usage);
}

TEST_CASE("what can't be read is named") {
  const Scratch scratch;
  const Error missing = error_of([&] { (void)read_file(scratch / "no such"); });
  CHECK(missing.kind() == ErrorKind::not_found);
  CHECK(missing.message() == "can't read `" + (scratch / "no such").native() + "`: No such file or directory");
  CHECK_THAT(error_of([&] { (void)read_file(scratch.folder.path()); }).message(), Contains("Is a directory"));
}

TEST_CASE("replacing a file keeps its permissions and leaves no other file") {
  const Scratch scratch;
  write_file_atomic(scratch / "run", "old");
  REQUIRE(::chmod((scratch / "run").c_str(), 0750) == 0);
  write_file_atomic(scratch / "run", "new");
  struct stat info{};
  REQUIRE(::stat((scratch / "run").c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0750);
  CHECK(read_file(scratch / "run") == "new");
  CHECK(names_in(scratch.folder.path()).size() == 1);
}

TEST_CASE("a file with the longest possible name is replaced atomically") {
  const Scratch scratch;
  const std::string name(255, 'n');
  write_file_atomic(scratch / name, "content");
  CHECK(read_file(scratch / name) == "content");
}

TEST_CASE("a write that fails leaves what was there, and nothing beside it") {
  const Scratch scratch;
  write_file_atomic(scratch / "file", "old");
  CHECK_THROWS_AS(write_file_atomic(scratch / "file" / "below", "new"), Error);
  CHECK_THROWS_AS(write_file_atomic(scratch / "no such" / "file", "new"), Error);
  CHECK(read_file(scratch / "file") == "old");

  // The temporary file is written in full, and then can't take the place of a folder.
  make_directories(scratch / "folder");
  CHECK_THROWS_AS(write_file_atomic(scratch / "folder", "new"), Error);
  CHECK(fs::is_directory(scratch / "folder"));
  CHECK(names_in(scratch.folder.path()).size() == 2);
}

TEST_CASE("a full disk is an error with a hint") {
  FileDescriptor full{::open("/dev/full", O_WRONLY | O_CLOEXEC)};
  if (!full.valid()) return;
  const std::string_view text = "bytes";
  const Error error = error_of([&] { write_all(full.get(), std::as_bytes(std::span{text}), "model.bin"); });
  CHECK(error.message() == "can't write `model.bin`: No space left on device");
  CHECK(error.hints().size() == 1);
}

TEST_CASE("folders are made with their parents, and may exist already") {
  const Scratch scratch;
  make_directories(scratch / "a" / "b" / "c");
  make_directories(scratch / "a" / "b" / "c" / "");
  make_directories(scratch / "a" / "." / "b" / ".." / "d");
  CHECK(fs::is_directory(scratch / "a" / "b" / "c"));
  CHECK(fs::is_directory(scratch / "a" / "d"));
  write_file_atomic(scratch / "file", "");
  CHECK_THAT(error_of([&] { make_directories(scratch / "file"); }).message(), Contains("Not a directory"));
  CHECK_THAT(error_of([&] { make_directories(scratch / "file" / "x"); }).message(), Contains("Not a directory"));
}

TEST_CASE("a temporary folder is private and goes with all in it") {
  const Scratch scratch;
  fs::path path;
  {
    const TemporaryDirectory temporary{scratch.folder.path(), "work-"};
    path = temporary.path();
    struct stat info{};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0700);
    CHECK(path.filename().native().starts_with("work-"));
    make_directories(path / "a" / "b");
    write_file_atomic(path / "a" / "b" / "file", "x");
    fs::create_directory_symlink(scratch.folder.path(), path / "link");
  }
  CHECK_FALSE(fs::exists(path));
  CHECK(fs::exists(scratch.folder.path()));
}

TEST_CASE("a temporary folder moves with its value, and stays when it is kept") {
  const Scratch scratch;
  fs::path path;
  {
    TemporaryDirectory first{scratch.folder.path()};
    path = first.path();
    TemporaryDirectory second{std::move(first)};
    CHECK(second.path() == path);
    CHECK(fs::exists(path));
    second.keep();
  }
  CHECK(fs::exists(path));
}

TEST_CASE("a temporary folder needs a parent") {
  CHECK(error_of([] { TemporaryDirectory{"/no such folder"}; }).kind() == ErrorKind::not_found);
}

TEST_CASE("random names are hex of the length asked for, and differ") {
  std::set<std::string> seen;
  for (int time = 0; time < 100; ++time) seen.insert(random_hex(8));
  CHECK(seen.size() == 100);
  for (const std::string& text : seen) {
    CHECK(text.size() == 16);
    CHECK(text.find_first_not_of("0123456789abcdef") == std::string::npos);
  }
  CHECK(random_hex(0).empty());
  CHECK(random_hex(200).size() == 400);
}

TEST_CASE("a file descriptor is closed once, by its last owner") {
  FileDescriptor first{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  const int number = first.get();
  FileDescriptor second{std::move(first)};
  CHECK(second.get() == number);
  CHECK(::fcntl(number, F_GETFD) >= 0);
  second.close();
  CHECK_FALSE(second.valid());
  CHECK(::fcntl(number, F_GETFD) < 0);
}

TEST_CASE("the bytes below a folder are those of all files in it") {
  const Scratch scratch;
  CHECK(bytes_below(scratch / "missing") == 0);
  make_directories(scratch / "a" / "b");
  write_file_atomic(scratch / "a" / "one", "1234");
  write_file_atomic(scratch / "a" / "b" / "two", "123");
  fs::create_symlink("one", scratch / "a" / "link");
  CHECK(bytes_below(scratch.folder.path()) == 7);
}

TEST_CASE("what is read at an offset ends where the file ends") {
  const Scratch scratch;
  write_file_atomic(scratch / "file", "0123456789");
  const FileDescriptor fd{::open((scratch / "file").c_str(), O_RDONLY)};
  std::string buffer(4, '-');
  const auto read = [&](std::uint64_t offset) {
    return read_at(fd.get(), offset, std::as_writable_bytes(std::span{buffer}), scratch / "file");
  };
  CHECK(read(3) == 4);
  CHECK(buffer == "3456");
  CHECK(read(8) == 2);
  CHECK(buffer == "8956");
  CHECK(read(20) == 0);
  const Error error = error_of([&] { (void)read_at(-1, 0, std::as_writable_bytes(std::span{buffer}), "name"); });
  CHECK_THAT(error.message(), Contains("can't read `name`"));
}
