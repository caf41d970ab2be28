// SHA-256: the identity of every file, manifest and event.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mlops {

// 32 bytes of SHA-256. A digest from outside is parsed to bytes and written back as hex, never used as text.
class Digest {
 public:
  static constexpr std::size_t size = 32;
  using Bytes = std::array<std::uint8_t, size>;

  Digest() = default;
  explicit Digest(const Bytes& bytes) : bytes_{bytes} {}

  // "sha256:<64 lower-case hex>"; nullopt for anything else.
  static std::optional<Digest> parse(std::string_view text);
  // 64 lower-case hex digits without the prefix.
  static std::optional<Digest> from_hex(std::string_view hex);

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] std::string hex() const;
  [[nodiscard]] std::string text() const;        // "sha256:…", 71 characters
  [[nodiscard]] std::string short_text() const;  // "sha256:" and the first 12 hex digits, for people

  friend auto operator<=>(const Digest&, const Digest&) = default;

 private:
  Bytes bytes_{};
};

// Incremental SHA-256 through OpenSSL's hardware path.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  // Ends the computation; the object can't be used afterwards.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest sha256(std::span<const std::byte> bytes);
Digest sha256(std::string_view text);

}  // namespace mlops
