// Writes tar archives that say what one likes. Source: POSIX.1-2017, pax, "ustar Interchange Format".
#pragma once

#include <fmt/core.h>

#include <optional>
#include <string>
#include <string_view>

namespace mlops::formats {

struct TarInput {
  std::string name;
  std::string content;
  char type = '0';
  std::string link{};
  std::optional<std::string> size_field{};  // all 12 bytes of it
};

inline std::string tar_header(const TarInput& input) {
  std::string block(512, '\0');
  const auto put = [&](std::size_t at, std::string_view text) { block.replace(at, text.size(), text); };
  put(0, std::string_view{input.name}.substr(0, 100));
  put(100, "0000644");
  put(124, input.size_field.value_or(fmt::format("{:011o}", input.content.size())));
  put(136, "00000000000");
  block[156] = input.type;
  put(157, std::string_view{input.link}.substr(0, 100));
  put(257, std::string_view{"ustar\0"
                            "00",
                            8});
  put(148, "        ");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum));
  block[154] = '\0';
  return block;
}

inline std::string tar_member(const TarInput& input) {
  std::string bytes = tar_header(input) + input.content;
  bytes.resize((bytes.size() + 511) / 512 * 512, '\0');
  return bytes;
}

inline std::string tar_end() { return std::string(1024, '\0'); }

inline std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (fmt::format("{}", length).size() + rest != length) ++length;
  return fmt::format("{} {}={}\n", length, key, value);
}

}  // namespace mlops::formats
