// What is not the same in two sets of named values.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <mlops/app/look.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::app {

template <typename T>
std::vector<Change<T>> changes(const std::map<std::string, T>& a, const std::map<std::string, T>& b) {
  std::map<std::string, Change<T>> merged;
  for (const auto& [name, value] : a) merged[name] = {name, value, std::nullopt};
  for (const auto& [name, value] : b) {
    Change<T>& change = merged[name];
    change.name = name;
    change.after = value;
  }
  std::vector<Change<T>> differing;
  for (auto& [name, change] : merged) {
    if (!(change.before == change.after)) differing.push_back(std::move(change));
  }
  return differing;
}

// Snapshots with the same bytes are the same data, whatever their numbers.
std::vector<Change<domain::DataUse>> data_changes(const std::vector<domain::DataUse>& a,
                                                  const std::vector<domain::DataUse>& b);

// The environment of a run, its members joined by dots.
std::map<std::string, std::string> flat_environment(const Json& environment);

}  // namespace mlops::app
