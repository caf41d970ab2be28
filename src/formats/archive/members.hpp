// What is done with every member of an archive, whichever kind of archive it is.
#pragma once

#include <cstdint>
#include <string_view>

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "scanning.hpp"

namespace mlops::formats {

// Scans it as what it is, looks for a zip archive behind it, and says so when its name makes it Python code. The end of
// what is packed and large is not looked at: that would take to unpack it.
void scan_member(const ByteSource& part, std::string_view name, bool packed, Scanning& scanning);

void report_python(std::string_view name, Scanning& scanning);

// Lists members with what they are, the first few hundred of them.
class MemberList {
 public:
  // `part` may be nullptr: it can't be opened.
  void add(std::string_view name, std::uint64_t size, const ByteSource* part);
  // Adds what was listed to the facts: "members", "unpacked_bytes", "files".
  void tell(domain::Inspection& inspection);

 private:
  Json::Array files_;
  std::uint64_t members_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace mlops::formats
