#include <mlops/support/error.hpp>

#include <catch2/catch.hpp>

#include <cerrno>

using namespace mlops;

TEST_CASE("every kind of error has the name that JSON shows") {
  CHECK(name_of(ErrorKind::failed) == "failed");
  CHECK(name_of(ErrorKind::usage) == "usage");
  CHECK(name_of(ErrorKind::refused) == "refused");
  CHECK(name_of(ErrorKind::not_found) == "not_found");
  CHECK(name_of(ErrorKind::conflict) == "conflict");
  CHECK(name_of(ErrorKind::integrity) == "integrity");
  CHECK(name_of(ErrorKind::training) == "training");
  CHECK(name_of(ErrorKind::unavailable) == "unavailable");
  CHECK(name_of(ErrorKind::interrupted) == "interrupted");
}

TEST_CASE("an error gathers context from the inside out, and hints in order") {
  Error error = Error{ErrorKind::usage, "unknown key `chekcs`", {"did you mean `checks`?"}}.hint("see the docs");
  error.add_context("in [gate.staging]");
  error.add_context("while reading mlops.toml");
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(std::string_view{error.what()} == "unknown key `chekcs`");
  CHECK(error.context() == std::vector<std::string>{"in [gate.staging]", "while reading mlops.toml"});
  CHECK(error.hints() == std::vector<std::string>{"did you mean `checks`?", "see the docs"});
}

TEST_CASE("a system error names what was tried, the thing, and the reason") {
  const Error error = system_error("can't read", "model.bin", ENOENT);
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(error.message() == "can't read `model.bin`: No such file or directory");
  CHECK(error.hints().empty());
}

TEST_CASE("a system error says how to mend what has a well-known cure") {
  CHECK(system_error("can't write", "x", ENOSPC).hints().size() == 1);
  CHECK(system_error("can't write", "x", EROFS).hints().size() == 1);
  CHECK(system_error("can't write", "x", EACCES).kind() == ErrorKind::failed);
  CHECK(system_error("can't lock", "x", EAGAIN).kind() == ErrorKind::unavailable);
  CHECK(system_error("can't lock", "x", EBUSY).kind() == ErrorKind::unavailable);
}

TEST_CASE("a hostile file name can't forge a line of an error") {
  CHECK(system_error("can't read", "a\nerror: all is well\x1b[2J", ENOENT).message() ==
        "can't read `a\\x0aerror: all is well\\x1b[2J`: No such file or directory");
}
