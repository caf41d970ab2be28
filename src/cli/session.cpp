#include "session.hpp"

#include <fmt/core.h>

namespace mlops::cli {

Session::Session(const Streams& streams, const Surroundings& surroundings, CommonFlags flags, app::Context context,
                 Style out_style, Style err_style)
    : streams_{streams},
      surroundings_{surroundings},
      flags_{std::move(flags)},
      context_{std::move(context)},
      out_style_{out_style},
      err_style_{err_style} {}

std::size_t Session::columns() const {
  return streams_.out_is_terminal && streams_.columns > 0 ? static_cast<std::size_t>(streams_.columns) : 0;
}

std::string Session::when(Timestamp at) const { return relative_time(at, now()); }

void Session::print(std::string_view text) const { streams_.out(text); }

bool Session::reader_is_gone() const { return streams_.out_is_closed && streams_.out_is_closed(); }

void Session::print_line(std::string_view text) const { streams_.out(std::string{text} + '\n'); }

void Session::print_json(const Json& document) const { streams_.out(to_text(document) + '\n'); }

void Session::print_json_line(const Json& record) const { streams_.out(to_line(record) + '\n'); }

void Session::note(std::string_view text) const {
  if (!text.empty()) streams_.err(text);
}

void Session::hint(std::string_view text) const {
  if (flags_.quiet || flags_.json) return;
  streams_.err(fmt::format("{} {}\n", err_style_.faint("next:"), text));
}

}  // namespace mlops::cli
