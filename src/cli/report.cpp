#include "report.hpp"

#include <fmt/core.h>

#include <mlops/support/json.hpp>

namespace mlops::cli {

namespace {

Json strings(const std::vector<std::string>& texts) {
  Json array = Json::array();
  for (const std::string& text : texts) array.push_back(text);
  return array;
}

}  // namespace

void report(const Error& error, ExitCode code, const Streams& streams, const Style& style, bool json) {
  if (json) {
    streams.err(to_line(Json::object({{"error", Json::object({{"kind", name_of(error.kind())},
                                                              {"code", static_cast<int>(code)},
                                                              {"message", error.message()},
                                                              {"context", strings(error.context())},
                                                              {"hints", strings(error.hints())}})}})) +
                "\n");
    return;
  }
  std::string text = fmt::format("{} {}\n", style.bad("error:"), error.message());
  for (const std::string& line : error.context()) text += fmt::format("  {}\n", line);
  for (const std::string& line : error.hints()) text += fmt::format("{} {}\n", style.faint("hint:"), line);
  streams.err(text);
}

}  // namespace mlops::cli
