// What a command gets to do its work: the context for the use case, and a way to answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mlops/app/context.hpp>
#include <mlops/cli/run.hpp>
#include <mlops/support/json.hpp>

#include "style.hpp"

namespace mlops::cli {

// The flags that mean the same everywhere.
struct CommonFlags {
  bool help = false;
  bool json = false;
  bool quiet = false;
  bool dry_run = false;
  bool yes = false;
  bool no_progress = false;
  std::optional<std::string> directory;
  std::optional<std::string> registry;
  std::optional<std::string> color;
};

class Session {
 public:
  Session(const Streams& streams, const Surroundings& surroundings, CommonFlags flags, app::Context context,
          Style out_style, Style err_style);

  [[nodiscard]] const app::Context& context() const { return context_; }
  [[nodiscard]] const Surroundings& surroundings() const { return surroundings_; }
  [[nodiscard]] const CommonFlags& flags() const { return flags_; }
  [[nodiscard]] bool json() const { return flags_.json; }
  [[nodiscard]] bool quiet() const { return flags_.quiet; }
  [[nodiscard]] bool dry_run() const { return flags_.dry_run; }
  [[nodiscard]] const Style& style() const { return out_style_; }
  [[nodiscard]] bool is_terminal() const { return streams_.out_is_terminal; }
  // The width that tables fit: the terminal's, 0 (no limit) in a pipe.
  [[nodiscard]] std::size_t columns() const;
  [[nodiscard]] Timestamp now() const { return context_.clock(); }
  [[nodiscard]] std::string when(Timestamp at) const;  // "3 days ago"

  void print(std::string_view text) const;  // a result, as it is
  // Whether whoever read the results went away, as `head` does.
  [[nodiscard]] bool reader_is_gone() const;
  void print_line(std::string_view text) const;
  void print_json(const Json& document) const;     // one document
  void print_json_line(const Json& record) const;  // one of a stream
  void note(std::string_view text) const;          // on stderr, as it is: what is not part of the result
  void hint(std::string_view text) const;          // on stderr, "next: …"; not with --quiet or --json

 private:
  const Streams& streams_;
  const Surroundings& surroundings_;
  CommonFlags flags_;
  app::Context context_;
  Style out_style_;
  Style err_style_;
};

}  // namespace mlops::cli
