// The shape of the database, as the ordered list of steps that lead to it.
#pragma once

#include <span>
#include <string_view>

namespace mlops::store::sqlite {

struct Migration {
  std::string_view name;
  std::string_view sql;
};

// Steps are only ever added at the end: registries in the field have taken the earlier ones as they stand here.
std::span<const Migration> migrations();

}  // namespace mlops::store::sqlite
