#include "process_spawn.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view default_path = "/usr/local/bin:/usr/bin:/bin";

bool is_executable_file(const fs::path& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::optional<fs::path> find_in(std::string_view search_path, std::string_view name) {
  if (name.empty()) return std::nullopt;
  for (const std::string& folder : split(search_path, ':')) {
    fs::path candidate = fs::path{folder.empty() ? "." : folder} / name;
    if (is_executable_file(candidate)) return candidate;
  }
  return std::nullopt;
}

std::string caller_path() {
  const char* const path = std::getenv("PATH");
  return path == nullptr ? std::string{default_path} : path;
}

void check(int error, std::string_view what) {
  if (error != 0) throw system_error("can't start a process:", what, error);
}

// The C library's two bundles of what the child does before it becomes the program.
class FileActions {
 public:
  FileActions() { check(::posix_spawn_file_actions_init(&actions_), "posix_spawn_file_actions_init"); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class Attributes {
 public:
  Attributes() { check(::posix_spawnattr_init(&attributes_), "posix_spawnattr_init"); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  posix_spawnattr_t* get() { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

// Above the three standard descriptors, even when the caller runs without some of them.
FileDescriptor moved_up(FileDescriptor fd) {
  if (fd.get() > STDERR_FILENO) return fd;
  FileDescriptor moved{::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
  if (!moved.valid()) throw system_error("can't start a process:", "fcntl", errno);
  return moved;
}

Pipe make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) throw system_error("can't start a process:", "pipe", errno);
  FileDescriptor read{ends[0]};
  FileDescriptor write{ends[1]};
  Pipe pipe{moved_up(std::move(read)), moved_up(std::move(write))};
  if (::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) != 0) throw system_error("can't start a process:", "fcntl", errno);
  return pipe;
}

std::vector<std::string> child_environment(const ProcessRequest& request) {
  const auto& changes = request.environment;
  std::vector<std::string> result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    const bool replaced = std::ranges::any_of(changes, [name](const auto& change) { return change.first == name; });
    const bool handed_on =
        !request.inherited || std::ranges::find(*request.inherited, name) != request.inherited->end();
    if (!replaced && handed_on) result.emplace_back(text);
  }
  for (auto change = changes.begin(); change != changes.end(); ++change) {
    const bool again =
        std::any_of(change + 1, changes.end(), [&](const auto& later) { return later.first == change->first; });
    if (!again) result.push_back(change->first + "=" + change->second);
  }
  return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool has_null_byte(std::string_view text) { return text.find('\0') != std::string_view::npos; }

// A null byte would silently end an argument early.
void check_request(const ProcessRequest& request) {
  if (request.argv.empty() || request.argv.front().empty()) throw Error{ErrorKind::usage, "the command is empty"};
  for (const std::string& argument : request.argv) {
    if (has_null_byte(argument)) {
      throw Error{ErrorKind::usage, fmt::format("argument `{}` has a null byte", printable(argument))};
    }
  }
  for (const auto& [name, value] : request.environment) {
    const bool bad_name = name.empty() || has_null_byte(name) || name.find('=') != std::string::npos;
    if (bad_name || has_null_byte(value)) {
      throw Error{ErrorKind::usage, fmt::format("environment variable `{}` can't be set", printable(name))};
    }
  }
  struct stat info{};
  if (request.directory.empty()) return;
  if (::stat(request.directory.c_str(), &info) != 0) {
    throw system_error("can't work in folder", request.directory.native(), errno);
  }
  if (!S_ISDIR(info.st_mode)) throw system_error("can't work in folder", request.directory.native(), ENOTDIR);
}

// What to execute: a name with a slash as it is (from the child's folder), else what the child's PATH has.
fs::path program_of(const ProcessRequest& request) {
  const std::string& name = request.argv.front();
  if (name.find('/') != std::string::npos) return name;
  std::string search_path = caller_path();
  for (const auto& [variable, value] : request.environment) {
    if (variable == "PATH") search_path = value;
  }
  if (const auto found = find_in(search_path, name)) return fs::absolute(*found);
  throw Error{ErrorKind::not_found,
              fmt::format("command `{}` is not found", printable(name)),
              {fmt::format("the folders of PATH were searched: {}", printable(search_path))}};
}

Error start_error(const ProcessRequest& request, int error) {
  Error reason = system_error("can't execute", request.argv.front(), error);
  switch (error) {
    case ENOENT:
      return Error{ErrorKind::not_found,
                   reason.message(),
                   {"check its path, and the interpreter in its first line if it is a script"}};
    case EACCES:
    case ENOTDIR:
      return Error{ErrorKind::not_found, reason.message(), {"make it executable with `chmod +x`, or name one in PATH"}};
    case ENOEXEC:
      return Error{
          ErrorKind::not_found, reason.message(), {"a script needs a first line such as `#!/usr/bin/env python3`"}};
    default:
      return reason;
  }
}

void set_attributes(Attributes& attributes) {
  // The child starts with the signals as a shell would give them, whatever the caller ignores or blocks.
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  check(::posix_spawnattr_setpgroup(attributes.get(), 0), "posix_spawnattr_setpgroup");
  check(::posix_spawnattr_setsigmask(attributes.get(), &none), "posix_spawnattr_setsigmask");
  check(::posix_spawnattr_setsigdefault(attributes.get(), &all), "posix_spawnattr_setsigdefault");
  constexpr short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  check(::posix_spawnattr_setflags(attributes.get(), flags), "posix_spawnattr_setflags");
}

// The input as a file without a name, so that nobody has to feed a child that doesn't read.
FileDescriptor input_file(const std::optional<std::string>& input) {
  if (!input) return FileDescriptor{};
  FileDescriptor made{::memfd_create("input", MFD_CLOEXEC)};
  if (!made.valid()) throw system_error("can't start a process:", "memfd_create", errno);
  FileDescriptor file = moved_up(std::move(made));
  std::string_view left = *input;
  while (!left.empty()) {
    const ssize_t written = ::write(file.get(), left.data(), left.size());
    if (written < 0 && errno != EINTR) throw system_error("can't start a process:", "its input", errno);
    if (written > 0) left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0) throw system_error("can't start a process:", "its input", errno);
  return file;
}

void set_actions(FileActions& actions, const ProcessRequest& request, const FileDescriptor& in, const Pipe& out,
                 const Pipe& err) {
  auto* const list = actions.get();
  if (in.valid()) {
    check(::posix_spawn_file_actions_adddup2(list, in.get(), STDIN_FILENO), "stdin");
  } else {
    check(::posix_spawn_file_actions_addopen(list, STDIN_FILENO, "/dev/null", O_RDONLY, 0), "stdin");
  }
  check(::posix_spawn_file_actions_adddup2(list, out.write.get(), STDOUT_FILENO), "stdout");
  check(::posix_spawn_file_actions_adddup2(list, err.write.get(), STDERR_FILENO), "stderr");
  if (request.directory.empty()) return;
  check(::posix_spawn_file_actions_addchdir_np(list, request.directory.c_str()), "chdir");
}

}  // namespace

std::optional<fs::path> find_executable(std::string_view argv0) {
  if (argv0.find('/') == std::string_view::npos) return find_in(caller_path(), argv0);
  fs::path path{argv0};
  if (!is_executable_file(path)) return std::nullopt;
  return path;
}

Child spawn_child(const ProcessRequest& request) {
  check_request(request);
  const fs::path program = program_of(request);
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  const FileDescriptor in = input_file(request.input);
  FileActions actions;
  set_actions(actions, request, in, out, err);
  Attributes attributes;
  set_attributes(attributes);

  std::vector<std::string> arguments = request.argv;
  std::vector<std::string> environment = child_environment(request);
  Child child{-1, std::move(out.read), std::move(err.read)};
  // glibc waits until the child has become the program, and reports here when it could not.
  const int error = ::posix_spawn(&child.pid, program.c_str(), actions.get(), attributes.get(),
                                  pointers_to(arguments).data(), pointers_to(environment).data());
  if (error != 0) throw start_error(request, error);
  return child;
}

}  // namespace mlops
