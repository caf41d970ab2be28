// What is known of the functions and classes that pickles name. The lists: allowed_*.cpp and denied_globals.cpp.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <mlops/domain/inspection.hpp>

namespace mlops::formats::pickle {

struct Verdict {
  domain::Safety safety = domain::Safety::unknown;
  // Harmless as the class of an instance that is filled from the file; what it does when it is called with arguments
  // of the file's choice is another question.
  bool only_as_class = false;
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

// Of `module.name` as Python 3 would import it: allowlisted, unknown or dangerous.
Verdict judge(std::string_view module, std::string_view name);

// The two halves of it.
bool is_denied(std::string_view module, std::string_view name);
// Whatever is named of it: modules with which anything can be done.
bool is_denied_module(std::string_view module);
// `unknown` when it is on no list of harmless names.
Verdict allowed(std::string_view module, std::string_view name);

// How Python 3 reads the names of Python 2 in protocols below 3.
std::pair<std::string, std::string> python3_name(std::string_view module, std::string_view name);

}  // namespace mlops::formats::pickle
