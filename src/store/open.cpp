#include <string_view>

#include <mlops/store/store.hpp>
#include <mlops/support/error.hpp>

#include "sqlite/sqlite_store.hpp"

namespace mlops::store {

namespace {

std::string sqlite_path(std::string_view url) {
  constexpr std::string_view scheme = "sqlite:";
  if (!url.starts_with(scheme) || url.size() == scheme.size()) {
    throw Error{
        ErrorKind::usage, "this program opens only registries in SQLite files", {"write the registry as sqlite:PATH"}};
  }
  return std::string{url.substr(scheme.size())};
}

}  // namespace

void create_store(const std::string& url) { sqlite::create(sqlite_path(url)); }

std::unique_ptr<Store> open_store(const OpenOptions& options) {
  return sqlite::open(sqlite_path(options.url), options);
}

}  // namespace mlops::store
