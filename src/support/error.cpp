#include <mlops/support/error.hpp>

#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

namespace mlops {

namespace {

ErrorKind kind_of(int errno_value) {
  switch (errno_value) {
    case ENOENT:
      return ErrorKind::not_found;
    case EAGAIN:
    case EBUSY:
      return ErrorKind::unavailable;
    default:
      return ErrorKind::failed;
  }
}

std::vector<std::string> hints_for(int errno_value) {
  switch (errno_value) {
    case EACCES:
    case EPERM:
      return {"check the owner and the permissions with `ls -ld`"};
    case ENOSPC:
      return {"free some space on this file system (`df -h` shows how full it is)"};
    case EDQUOT:
      return {"free some space: the disk quota is used up"};
    case EROFS:
      return {"the file system is mounted read-only; remount it writable or use another folder"};
    case EMFILE:
    case ENFILE:
      return {"raise the limit of open files with `ulimit -n`"};
    default:
      return {};
  }
}

}  // namespace

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::failed:
      return "failed";
    case ErrorKind::usage:
      return "usage";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::integrity:
      return "integrity";
    case ErrorKind::training:
      return "training";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::interrupted:
      return "interrupted";
  }
  return "failed";
}

Error::Error(ErrorKind kind, std::string message, std::vector<std::string> hints)
    : kind_{kind}, message_{std::move(message)}, hints_{std::move(hints)} {}

Error&& Error::hint(std::string text) && {
  add_hint(std::move(text));
  return std::move(*this);
}

void Error::add_hint(std::string text) { hints_.push_back(std::move(text)); }

void Error::add_context(std::string text) { context_.push_back(std::move(text)); }

Error system_error(std::string_view what, std::string_view subject, int errno_value) {
  return Error{kind_of(errno_value),
               fmt::format("{} `{}`: {}", what, printable(subject), std::generic_category().message(errno_value)),
               hints_for(errno_value)};
}

}  // namespace mlops
