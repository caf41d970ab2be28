#include "gguf/gguf_header.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "facts.hpp"
#include "gguf/ggml_types.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::size_t longest_key = 65'535;  // the specification's
constexpr std::size_t longest_fact = 4096;
constexpr std::size_t longest_template = 1u << 20;
constexpr std::size_t most_templates = 64;
constexpr std::size_t most_facts = 500;
constexpr std::size_t most_listed = 8;  // of a longer array, this many items are told
constexpr std::size_t most_short = 32;
constexpr std::uint64_t most_pairs = 100'000;
constexpr std::uint64_t most_gguf_tensors = 1'000'000;
constexpr std::uint64_t most_walked = 32'000'000;
constexpr int deepest_array = 4;

enum Type : std::uint32_t {
  uint8,
  int8,
  uint16,
  int16,
  uint32,
  int32,
  float32,
  boolean,
  text,
  array,
  uint64,
  int64,
  float64,
};

// In bytes, by type; 0 for those whose size depends.
constexpr std::array<std::uint64_t, 13> sizes{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
constexpr std::array<std::string_view, 13> names{"uint8", "int8",   "uint16", "int16",  "uint32", "int32",  "float32",
                                                 "bool",  "string", "array",  "uint64", "int64",  "float64"};

bool is_template(std::string_view key) {
  return key == "tokenizer.chat_template" || key.starts_with("tokenizer.chat_template.");
}

Json of_number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";  // JSON has no number for them
}

Json of_number(std::uint64_t value) {
  if (std::in_range<std::int64_t>(value)) return static_cast<std::int64_t>(value);
  return static_cast<double>(value);
}

}  // namespace

void GgufHeader::read() {
  read_version();
  tensor_count_ = read_count();
  pair_count_ = read_count();
  // A pair takes at least a length, a letter and a type, a tensor a length, two numbers and an offset.
  constexpr std::uint64_t smallest_pair = 9;
  constexpr std::uint64_t smallest_tensor = 20;
  if (pair_count_ > in_.left() / smallest_pair || pair_count_ > most_pairs)
    throw Malformed{fmt::format("{} pairs of metadata are declared, {} bytes are left", pair_count_, in_.left())};
  if (tensor_count_ > in_.left() / smallest_tensor || tensor_count_ > most_gguf_tensors)
    throw Malformed{fmt::format("{} tensors are declared, {} bytes are left", tensor_count_, in_.left())};
  read_metadata();
  read_tensors();
}

void GgufHeader::read_version() {
  constexpr std::uint32_t newest = 3;
  in_.skip(std::string_view{"GGUF"}.size());
  version_ = in_.little<std::uint32_t>();
  // The magic is the same for both byte orders; that of a small number shows in the version.
  const std::uint32_t swapped = __builtin_bswap32(version_);
  if (version_ > newest && swapped <= newest) {
    is_big_endian_ = true;
    version_ = swapped;
    inspection_.facts.emplace_back("byte_order", "big-endian");
  }
  inspection_.format_version = fmt::format("{}", version_);
  if (version_ < 1 || version_ > newest) throw Unscannable{fmt::format("version {} of GGUF is not known", version_)};
}

std::uint64_t GgufHeader::read_count() { return version_ == 1 ? number<std::uint32_t>() : number<std::uint64_t>(); }

std::string GgufHeader::read_text(std::size_t most) {
  const std::uint64_t size = read_count();
  if (size > in_.left()) {
    throw Malformed{
        fmt::format("a text of {} bytes is declared at byte {}, {} are left", size, in_.offset(), in_.left())};
  }
  const std::uint64_t kept = std::min<std::uint64_t>(size, most);
  std::string text = in_.text(kept, most);
  in_.skip(size - kept);
  return text;
}

void GgufHeader::read_metadata() {
  for (std::uint64_t i = 0; i < pair_count_; ++i) {
    try {
      read_pair();
    } catch (const Malformed& error) {
      throw Malformed{fmt::format("metadata {} of {}: {}", i + 1, pair_count_, error.what())};
    }
  }
  tell_facts();
}

void GgufHeader::read_pair() {
  std::string key = read_text(longest_key);
  if (key.size() == longest_key) throw Malformed{"a key of unreasonable length"};
  if (!keys_.insert(key).second) flaws_.add("gguf.duplicate", fmt::format("the key {} comes twice", shown(key)));
  const auto type = number<std::uint32_t>();
  try {
    if (is_template(key) && type == Type::text) return read_template(key);
    note(key, type, read_value(type, 0));
  } catch (const Malformed& error) {
    throw Malformed{fmt::format("{}: {}", shown(key), error.what())};
  }
}

void GgufHeader::read_template(const std::string& key) {
  if (templates_.size() == most_templates) throw Unscannable{"it has more chat templates than can be looked at"};
  std::string text = read_text(longest_template);
  note(key, Type::text, fact_text(text, longest_fact));
  const bool is_cut = text.size() == longest_template;
  templates_.push_back({key, std::move(text), is_cut});
}

Json GgufHeader::read_value(std::uint32_t type, int depth) {
  if (type == Type::text) return fact_text(read_text(longest_fact + 1), longest_fact);
  if (type == Type::array) return read_array(depth + 1);
  if (type >= sizes.size()) throw Malformed{fmt::format("unknown type {} at byte {}", type, in_.offset())};
  return read_scalar(type);
}

Json GgufHeader::read_scalar(std::uint32_t type) {
  switch (type) {
    case Type::uint8:
      return in_.byte();
    case Type::int8:
      return static_cast<std::int8_t>(in_.byte());
    case Type::uint16:
      return number<std::uint16_t>();
    case Type::int16:
      return number<std::int16_t>();
    case Type::uint32:
      return number<std::uint32_t>();
    case Type::int32:
      return number<std::int32_t>();
    case Type::float32:
      return of_number(static_cast<double>(number<float>()));
    case Type::boolean:
      return in_.byte() != 0;
    case Type::uint64:
      return of_number(number<std::uint64_t>());
    case Type::int64:
      return number<std::int64_t>();
    default:
      return of_number(number<double>());
  }
}

Json GgufHeader::read_array(int depth) {
  if (depth > deepest_array) throw Malformed{fmt::format("arrays nested more than {} levels deep", deepest_array)};
  const auto type = number<std::uint32_t>();
  const std::uint64_t count = read_count();
  if (type >= sizes.size()) throw Malformed{fmt::format("an array of unknown type {}", type)};
  const std::uint64_t smallest = sizes.at(type) != 0 ? sizes.at(type) : version_ == 1 ? 4 : 8;
  if (count > in_.left() / smallest)
    throw Malformed{fmt::format("an array of {} items is declared, {} bytes are left", count, in_.left())};

  const std::uint64_t listed = count <= most_short ? count : most_listed;
  Json::Array items;
  for (std::uint64_t i = 0; i < listed; ++i) items.push_back(read_value(type, depth));
  if (sizes.at(type) != 0) {
    in_.skip((count - listed) * sizes.at(type));
  } else {
    if (count > most_walked - walked_) throw Unscannable{"its arrays have more items than can be walked through"};
    walked_ += count;
    for (std::uint64_t i = listed; i < count; ++i) {
      if (type == Type::text) {
        in_.skip(read_count());
      } else {
        read_array(depth + 1);
      }
    }
  }
  if (count == listed) return items;
  return Json::object({{"type", names.at(type)}, {"length", of_number(count)}, {"first", std::move(items)}});
}

void GgufHeader::note_alignment(std::uint32_t type, const Json& value) {
  const std::int64_t given = type == Type::uint32 ? value.as_integer() : 0;
  if (given > 0 && std::has_single_bit(static_cast<std::uint64_t>(given))) {
    alignment_ = static_cast<std::uint64_t>(given);
  } else {
    flaws_.add("gguf.alignment", "`general.alignment` is no power of two");
  }
}

void GgufHeader::note(const std::string& key, std::uint32_t type, Json value) {
  if (key == "general.alignment") note_alignment(type, value);
  if (value.is_string()) {
    if (key == "general.architecture") inspection_.architecture = value.as_string();
    if (key == "general.license") inspection_.licence = value.as_string();
  }
  if (key == "general.file_type" && value.is_integer() && value.as_integer() >= 0)
    inspection_.quantisation = quantisation_name(static_cast<std::uint64_t>(value.as_integer()));
  if (metadata_.size() < most_facts) metadata_.emplace_back(fact_text(key, 256), std::move(value));
}

void GgufHeader::tell_facts() {
  constexpr auto of_architecture = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"context_length", "context_length"},
      {"embedding_length", "embedding_length"},
      {"block_count", "block_count"},
      {"attention.head_count", "head_count"},
      {"expert_count", "expert_count"},
  });
  const Json metadata{std::move(metadata_)};
  const auto tell = [&](std::string_view fact, const Json* value) {
    if (value != nullptr) inspection_.facts.emplace_back(fact, *value);
  };
  tell("name", metadata.find("general.name"));
  for (const auto& [key, fact] : of_architecture)
    tell(fact, metadata.find(fmt::format("{}.{}", inspection_.architecture, key)));
  tell("tokenizer", metadata.find("tokenizer.ggml.model"));
  if (const Json* tokens = metadata.find("tokenizer.ggml.tokens")) {
    const Json* length = tokens->find("length");
    tell("tokens", length);
    if (length == nullptr && tokens->is_array())
      inspection_.facts.emplace_back("tokens", static_cast<std::int64_t>(tokens->as_array().size()));
  }
  inspection_.facts.emplace_back("metadata", metadata);
}

}  // namespace mlops::formats
