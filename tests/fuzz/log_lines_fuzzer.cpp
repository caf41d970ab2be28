// The log of a run, as a killed program or a full disk may leave it.
#include "fuzzing.hpp"

#include <algorithm>

#include <mlops/runners/log_lines.hpp>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlops;
  using fuzzing::require;
  const std::string_view log = fuzzing::text_of(fuzzing::bytes_of(data, size));
  std::ptrdiff_t lines = 0;
  std::size_t bytes = 0;
  runners::for_each_log_line(log, [&](const runners::LogLine& line) {
    ++lines;
    bytes += line.text.size() + 1;
    require(line.text.find('\n') == std::string_view::npos);
    require(line.complete || line.origin != runners::LogLine::Origin::remark);
  });
  require(lines == std::ranges::count(log, '\n'));
  require(bytes <= size);
  constexpr std::size_t longest_addition = 9;  // "[mlops: " and "]"
  require(runners::plain_log(log).size() <= bytes + static_cast<std::size_t>(lines) * longest_addition);
  return 0;
}
