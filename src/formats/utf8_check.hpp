// Whether bytes that come in pieces are UTF-8 (RFC 3629: no surrogates, no overlong forms).
#pragma once

#include <string_view>

namespace mlops::formats {

class Utf8Check {
 public:
  // False when what was fed so far can't be the beginning of UTF-8.
  [[nodiscard]] bool feed(std::string_view piece) {
    for (const char c : piece) {
      const auto byte = static_cast<unsigned char>(c);
      if (missing_ == 0 ? !lead(byte) : !continuation(byte)) return false;
    }
    return true;
  }
  // Whether it may end here.
  [[nodiscard]] bool complete() const { return missing_ == 0; }

 private:
  bool lead(unsigned char byte) {
    if (byte < 0x80) return true;
    if (byte < 0xC2 || byte > 0xF4) return false;
    missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    // The second byte tells overlong forms, surrogates and what is beyond U+10FFFF.
    lowest_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    highest_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    return true;
  }
  bool continuation(unsigned char byte) {
    if (byte < lowest_ || byte > highest_) return false;
    --missing_;
    lowest_ = 0x80;
    highest_ = 0xBF;
    return true;
  }

  int missing_ = 0;
  unsigned char lowest_ = 0x80;
  unsigned char highest_ = 0xBF;
};

}  // namespace mlops::formats
