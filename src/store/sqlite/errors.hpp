// SQLite's result codes in the words of the house.
#pragma once

#include <string>
#include <string_view>

#include <mlops/support/error.hpp>

namespace mlops::store::sqlite {

// `code` is an extended result code, `detail` SQLite's own message, `errno_value` of the failed system call or 0.
[[nodiscard]] Error error_of(int code, const std::string& path, std::string_view detail, int errno_value);

}  // namespace mlops::store::sqlite
