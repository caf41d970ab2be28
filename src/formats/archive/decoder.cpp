#include "decoder.hpp"

namespace mlops::formats {

std::string_view name_of(Packing packing) {
  switch (packing) {
    case Packing::deflate:
      return "deflate";
    case Packing::zlib:
      return "zlib";
    case Packing::gzip:
      return "gzip";
    case Packing::bzip2:
      return "bzip2";
    case Packing::xz:
      return "xz";
    case Packing::lzma_alone:
    case Packing::zip_lzma:
      return "lzma";
    case Packing::lz4:
      return "lz4";
    case Packing::zstd:
      return "zstd";
  }
  return "";
}

std::unique_ptr<Decoder> make_decoder(Packing packing, std::optional<std::uint64_t> size) {
  switch (packing) {
    case Packing::bzip2:
      return make_bzip2_decoder();
    case Packing::xz:
    case Packing::lzma_alone:
    case Packing::zip_lzma:
      return make_lzma_decoder(packing, size);
    case Packing::lz4:
      return make_lz4_decoder();
    case Packing::zstd:
      return make_zstd_decoder();
    case Packing::deflate:
    case Packing::zlib:
    case Packing::gzip:
      break;
  }
  return make_zlib_decoder(packing);
}

}  // namespace mlops::formats
