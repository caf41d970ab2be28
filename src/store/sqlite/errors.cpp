#include "errors.hpp"

#include <cerrno>
#include <filesystem>

#include <fmt/format.h>
#include <sqlite3.h>

namespace mlops::store::sqlite {

namespace {

Error damaged(const std::string& path, std::string_view detail) {
  return {ErrorKind::integrity,
          fmt::format("the registry database `{}` is damaged: {}", path, detail),
          {"keep the file as it is, and restore a backup beside it; `mlops doctor` says what can still be read"}};
}

Error full(const std::string& path) {
  return {ErrorKind::failed,
          fmt::format("no space left on the disk that holds `{}`", path),
          {"nothing was changed; free some space and run the command again"}};
}

Error read_only(const std::string& path) {
  const std::string folder = std::filesystem::path{path}.parent_path().string();
  return {ErrorKind::failed,
          fmt::format("the registry database `{}` can't be written", path),
          {fmt::format("give yourself write permission on the file and on its folder `{}`", folder)}};
}

Error input_output(const std::string& path, std::string_view detail, int errno_value) {
  if (errno_value == ENOSPC || errno_value == EDQUOT) return full(path);
  if (errno_value == EROFS) return read_only(path);
  // SQLite asks for errno only after it has tidied up, when it may be that of a file it looked for in vain.
  if (errno_value != 0 && errno_value != ENOENT)
    return system_error("can't read or write the registry database", path, errno_value);
  return {ErrorKind::failed, fmt::format("can't read or write the registry database `{}`: {}", path, detail)};
}

Error cannot_open(const std::string& path, std::string_view detail, int errno_value) {
  if (errno_value == EACCES || errno_value == EROFS || errno_value == EPERM) return read_only(path);
  return input_output(path, detail, errno_value);
}

}  // namespace

Error error_of(int code, const std::string& path, std::string_view detail, int errno_value) {
  constexpr int primary_code = 0xff;  // an extended code keeps the primary one in its low byte
  switch (code & primary_code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorKind::unavailable,
              fmt::format("the registry database `{}` is being changed by another process", path),
              {"another mlops process holds it; wait for it to end and run the command again"}};
    case SQLITE_FULL:
      return full(path);
    case SQLITE_NOTADB:
      return {ErrorKind::integrity, fmt::format("`{}` is not a registry database, or its beginning is damaged", path)};
    case SQLITE_CORRUPT:
      return damaged(path, detail);
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return read_only(path);
    case SQLITE_CANTOPEN:
      return cannot_open(path, detail, errno_value);
    case SQLITE_IOERR:
      return input_output(path, detail, errno_value);
    case SQLITE_CONSTRAINT:
      return {ErrorKind::integrity, fmt::format("the registry database `{}` refused a change: {}", path, detail)};
    default:
      return {ErrorKind::failed, fmt::format("the registry database `{}` answered: {}", path, detail)};
  }
}

}  // namespace mlops::store::sqlite
