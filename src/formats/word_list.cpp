#include "word_list.hpp"

#include <algorithm>

namespace mlops::formats {

WordList::WordList(std::string_view text) {
  constexpr std::string_view space = " \n";
  std::size_t at = text.find_first_not_of(space);
  while (at != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(space, at), text.size());
    words_.insert(text.substr(at, end - at));
    at = text.find_first_not_of(space, end);
  }
}

}  // namespace mlops::formats
