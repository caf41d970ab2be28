// Turns what a pickle does into findings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pickle/machine.hpp"
#include "scanning.hpp"

namespace mlops::formats::pickle {

enum class Persistent : std::uint8_t {
  unexpected,  // only a loader of its own can read it
  storages,    // of PyTorch: they name the storages of tensors
  programs,    // the same of TorchScript, whose loader makes classes of the archive's own programs, not of Python's
};

class Judge : public Witness {
 public:
  Judge(const Tree& tree, Scanning& scanning, Persistent persistent)
      : tree_{tree}, scanning_{scanning}, persistent_{persistent} {}

  void on_import(const Value& global, std::uint64_t at) override;
  void on_call(const Value& callee, const Value& arguments, bool creates, std::uint64_t at) override;
  void on_persistent(const Value& id, std::uint64_t at) override;
  void on_nested(const Value& constant) override;
  void on_bare_array(std::uint64_t begin) override;
  void on_flaw(domain::Safety safety, std::string_view rule, const std::string& what, std::uint64_t at) override;

 private:
  [[nodiscard]] Verdict verdict_of(const Global& global) const;
  void report(domain::Safety safety, std::string_view rule, const std::string& what, std::uint64_t at);
  void look_into(const ByteSource& part, std::uint64_t at);

  const Tree& tree_;
  Scanning& scanning_;
  Persistent persistent_;
  std::vector<std::uint8_t> imported_;  // by global: whether it was reported
  std::vector<std::uint8_t> called_;    // by global: how often it was reported
  int flaws_ = 0;
  int other_calls_ = 0;
  bool saw_persistent_ = false;
  bool saw_bare_array_ = false;
};

// A value for people, in Python's words, of a few dozen characters.
std::string describe(const Tree& tree, const Value& value);

}  // namespace mlops::formats::pickle
