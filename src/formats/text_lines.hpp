// Lines of a text of any size, with flat memory: a line may be longer than what is kept of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mlops/support/byte_source.hpp>

namespace mlops::formats {

class TextLines {
 public:
  explicit TextLines(const ByteSource& source) : source_{source} {}

  [[nodiscard]] bool at_end() { return at_ == buffer_.size() && !load(); }
  // "key" of "key=value", and stands behind the "=" then; of a line without one the first `most` bytes.
  std::string key(std::size_t most);
  // The rest of the line, of which at most this many bytes are kept.
  std::string rest(std::size_t most);
  // How many words, separated by blanks, the rest of the line has.
  std::uint64_t count_words();

 private:
  bool load();
  // Calls `part` with the rest of the line, piece by piece, and goes to the next line.
  template <typename Part>
  void each_part(Part part);

  const ByteSource& source_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::uint64_t buffer_end_ = 0;  // in the source
};

}  // namespace mlops::formats
