// A long list of names that is kept as one text, so that starting the program has nothing to do for it.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace mlops::formats {

class NameList {
 public:
  // Sorted, between spaces; the text must live as long as this.
  explicit NameList(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find(' '), text.size());
      if (end > 0) names_.push_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  [[nodiscard]] bool contains(std::string_view name) const { return std::ranges::binary_search(names_, name); }
  [[nodiscard]] bool is_sorted() const { return std::ranges::is_sorted(names_); }

 private:
  std::vector<std::string_view> names_;
};

}  // namespace mlops::formats
