#include "archive/torchscript_code.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats {

namespace {

using domain::Safety;

constexpr std::size_t most_code = 16u << 20;

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_in_name(char c) { return begins_name(c) || (c >= '0' && c <= '9'); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\\'; }

// Finds the dotted names of a program, leaving out its strings and comments.
class Names {
 public:
  explicit Names(std::string_view code) : code_{code} {}

  // "torch", "save" of `torch.save(…)`, and "^", "Foo" of a call into Python; empty at the end.
  std::vector<std::string_view> next() {
    while (at_ < code_.size()) {
      const char c = code_[at_];
      if (c == '#') {
        at_ = std::min(code_.find('\n', at_), code_.size());
      } else if (c == '"' || c == '\'') {
        skip_string(c);
      } else if (c == '^') {
        ++at_;
        skip_space();
        return {"^", name()};
      } else if (begins_name(c)) {
        return dotted();
      } else if (is_in_name(c)) {
        name();  // a number, with what letters it has
      } else {
        ++at_;
      }
    }
    return {};
  }

 private:
  void skip_space() {
    while (at_ < code_.size() && is_space(code_[at_])) ++at_;
  }

  std::string_view name() {
    const std::size_t begin = at_;
    while (at_ < code_.size() && is_in_name(code_[at_])) ++at_;
    return code_.substr(begin, at_ - begin);
  }

  std::vector<std::string_view> dotted() {
    constexpr std::size_t most_parts = 64;
    std::vector<std::string_view> parts{name()};
    for (;;) {
      skip_space();
      if (at_ == code_.size() || code_[at_] != '.') return parts;
      ++at_;
      skip_space();
      const std::string_view part = name();
      if (parts.size() < most_parts) parts.push_back(part);
    }
  }

  void skip_string(char quote) {
    const std::string triple(3, quote);
    const bool is_triple = code_.substr(at_, 3) == triple;
    at_ += is_triple ? 3 : 1;
    while (at_ < code_.size()) {
      if (code_[at_] == '\\') {
        at_ += 2;
      } else if (is_triple ? code_.substr(at_, 3) == triple : code_[at_] == quote) {
        at_ += is_triple ? 3 : 1;
        return;
      } else {
        ++at_;
      }
    }
    at_ = code_.size();
  }

  std::string_view code_;
  std::size_t at_ = 0;
};

// That come with torch and only compute.
bool is_known_namespace(std::string_view name) {
  constexpr auto known = std::to_array<std::string_view>({"_quantized", "aten", "metal", "metal_prepacked", "mkl",
                                                          "mkldnn", "mkldnn_prepacked", "onednn", "prepacked", "prim",
                                                          "prims", "quantized", "quantized_decomposed", "sparse",
                                                          "static_runtime", "vulkan", "vulkan_prepacked", "xnnpack"});
  return std::ranges::binary_search(known, name);
}

bool touches_files(std::string_view op) { return op == "save" || op == "load" || op == "from_file" || op == "_save"; }

bool calls_others(std::string_view name) { return name == "rpc_async" || name == "rpc_sync" || name == "rpc_remote"; }

void judge(const std::vector<std::string_view>& name, Scanning& scanning) {
  const std::string_view first = name[0];
  const std::string_view second = name.size() > 1 ? name[1] : "";
  const std::string_view third = name.size() > 2 ? name[2] : "";
  if (first == "^") {
    scanning.report(Safety::dangerous, "torchscript.python", fmt::format("calls {} in Python", second));
  } else if (first == "torch" && touches_files(second)) {
    scanning.report(Safety::dangerous, "torchscript.file", fmt::format("calls torch.{}, which works on files", second));
  } else if (first == "ops" && touches_files(third)) {
    scanning.report(Safety::dangerous, "torchscript.file",
                    fmt::format("calls {}::{}, which works on files", second, third));
  } else if (first == "ops" && !second.empty() && !is_known_namespace(second)) {
    scanning.report(Safety::unknown, "torchscript.operator",
                    fmt::format("calls {}::{}, an operator of another library", second, third));
  } else if (calls_others(first)) {
    scanning.report(Safety::dangerous, "torchscript.network", fmt::format("calls {}, on another machine", first));
  } else if (first == "__torch__" && second == "torch" && third == "classes" && name.size() > 3 &&
             !is_known_namespace(name[3])) {
    scanning.report(Safety::unknown, "torchscript.class", fmt::format("uses a class of the library {}", name[3]));
  }
}

}  // namespace

void scan_torchscript_code(const ByteSource& code, Scanning& scanning) {
  if (code.size() > most_code) throw Unscannable{fmt::format("a program of {} bytes is too long", code.size())};
  std::string text(static_cast<std::size_t>(code.size()), '\0');
  text.resize(code.read_at(0, std::as_writable_bytes(std::span{text})));
  scanning.spend(text.size());
  Names names{text};
  for (auto name = names.next(); !name.empty(); name = names.next()) judge(name, scanning);
}

}  // namespace mlops::formats
