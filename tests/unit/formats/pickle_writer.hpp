// A small assembler for pickles, also for those that no pickler would write.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mlops/formats/inspect.hpp>
#include <mlops/formats/scan.hpp>

#include "pickle/opcodes.hpp"

namespace mlops::formats {

class PickleWriter {
 public:
  using Op = pickle::Op;

  PickleWriter& op(Op code) {
    bytes_ += static_cast<char>(code);
    return *this;
  }
  PickleWriter& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  PickleWriter& proto(int version) { return op(Op::proto).number(static_cast<std::uint64_t>(version), 1); }
  PickleWriter& frame(std::uint64_t size) { return op(Op::frame).number(size, 8); }
  // Little-endian.
  PickleWriter& number(std::uint64_t value, int size) {
    for (int at = 0; at < size; ++at) bytes_ += static_cast<char>(value >> (8 * at) & 0xff);
    return *this;
  }
  PickleWriter& text(std::string_view text) { return op(Op::binunicode).number(text.size(), 4).raw(text); }
  PickleWriter& bytes(std::string_view bytes) { return op(Op::binbytes).number(bytes.size(), 4).raw(bytes); }
  PickleWriter& integer(std::int32_t value) { return op(Op::binint).number(static_cast<std::uint32_t>(value), 4); }
  PickleWriter& global(std::string_view module, std::string_view name) {
    return op(Op::global).raw(module).raw("\n").raw(name).raw("\n");
  }
  PickleWriter& stack_global(std::string_view module, std::string_view name) {
    return text(module).text(name).op(Op::stack_global);
  }
  PickleWriter& put(std::uint8_t key) { return op(Op::binput).number(key, 1); }
  PickleWriter& get(std::uint8_t key) { return op(Op::binget).number(key, 1); }
  // A call of what lies on the stack with one text.
  PickleWriter& called_with(std::string_view argument) { return text(argument).op(Op::tuple1).op(Op::reduce); }
  std::string stop() { return bytes_ + static_cast<char>(Op::stop); }
  [[nodiscard]] const std::string& unfinished() const { return bytes_; }

 private:
  std::string bytes_;
};

inline domain::Scan scan_bytes(std::string_view bytes) { return scan_file(MemorySource{bytes}); }
inline domain::Inspection inspect_bytes(std::string_view bytes) { return inspect_file(MemorySource{bytes}); }

inline bool has_rule(const domain::Scan& scan, domain::Safety safety, std::string_view rule) {
  for (const domain::Finding& finding : scan.findings) {
    if (finding.safety == safety && finding.rule == rule) return true;
  }
  return false;
}

// Whether it found that os.system or the like is called, wherever.
inline bool finds_call(const domain::Scan& scan, std::string_view callee) {
  for (const domain::Finding& finding : scan.findings) {
    if (finding.safety == domain::Safety::dangerous && finding.rule == "pickle.call" &&
        finding.what.starts_with("calls " + std::string{callee} + "("))
      return true;
  }
  return false;
}

}  // namespace mlops::formats
