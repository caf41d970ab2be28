// A long list of names in the source, as text: names with white space between them.
#pragma once

#include <string_view>
#include <unordered_set>

namespace mlops::formats {

class WordList {
 public:
  // The text must outlive it.
  explicit WordList(std::string_view text);
  [[nodiscard]] bool contains(std::string_view word) const { return words_.contains(word); }

 private:
  std::unordered_set<std::string_view> words_;
};

}  // namespace mlops::formats
