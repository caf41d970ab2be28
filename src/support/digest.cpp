#include <mlops/support/digest.hpp>

#include <new>

#include <openssl/evp.h>

#include <mlops/support/error.hpp>

namespace mlops {

namespace {

constexpr std::string_view prefix = "sha256:";
constexpr std::size_t hex_digits_for_people = 12;

// The digit's value, or -1.
int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

[[noreturn]] void hashing_failed() { throw Error{ErrorKind::failed, "SHA-256 can't be computed by OpenSSL"}; }

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

std::optional<Digest> Digest::parse(std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return from_hex(text.substr(prefix.size()));
}

std::optional<Digest> Digest::from_hex(std::string_view hex) {
  if (hex.size() != 2 * size) return std::nullopt;
  Bytes bytes{};
  for (std::size_t index = 0; index < size; ++index) {
    const int high = hex_value(hex[2 * index]);
    const int low = hex_value(hex[2 * index + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[index] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return Digest{bytes};
}

std::string Digest::hex() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * size);
  for (const std::uint8_t byte : bytes_) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0F];
  }
  return text;
}

std::string Digest::text() const { return std::string{prefix} + hex(); }

std::string Digest::short_text() const { return text().substr(0, prefix.size() + hex_digits_for_people); }

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_{std::make_unique<State>()} {
  if (!state_->context) throw std::bad_alloc{};
  if (EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) != 1) hashing_failed();
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
  if (!state_ || EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) != 1) hashing_failed();
}

void Sha256::update(std::string_view text) { update(std::as_bytes(std::span{text})); }

Digest Sha256::finish() {
  Digest::Bytes bytes{};
  if (!state_ || EVP_DigestFinal_ex(state_->context.get(), bytes.data(), nullptr) != 1) hashing_failed();
  state_.reset();
  return Digest{bytes};
}

Digest sha256(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

Digest sha256(std::string_view text) { return sha256(std::as_bytes(std::span{text})); }

}  // namespace mlops
