#include "opened_file.hpp"

namespace mlops::formats {

namespace {

constexpr std::uint64_t small_file = 1u << 20;

}  // namespace

OpenedFile::OpenedFile(std::unique_ptr<ByteSource> source) : source_{std::move(source)} {
  if (source_->size() <= small_file) {
    bytes_ = read_bytes(*source_, 0, small_file);
    source_ = std::make_unique<MemorySource>(bytes_);
  }
  row_ = &recognise(*source_);
}

}  // namespace mlops::formats
