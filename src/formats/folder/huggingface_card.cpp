#include "folder/huggingface_card.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

#include "json/lenient_json.hpp"
#include "yaml/yaml.hpp"

namespace mlops::formats {

namespace {

using domain::Inspection;

// A text, or a list of some.
std::string joined_text(const Json& value) {
  if (value.is_string()) return cut_text(value.as_string(), 200);
  if (!value.is_array()) return "";
  std::vector<std::string> texts;
  for (const Json& item : value.as_array()) {
    if (item.is_string() && texts.size() < 10) texts.push_back(cut_text(item.as_string(), 200));
  }
  return join(texts, ", ");
}

void read_card(const Json& card, Inspection& whole) {
  constexpr auto keys =
      std::to_array<std::string_view>({"license", "license_name", "license_link", "tags", "datasets", "language",
                                       "base_model", "pipeline_tag", "library_name", "metrics"});
  Json::Object kept;
  for (const std::string_view key : keys) {
    const Json* const value = card.find(key);
    if (value != nullptr && !value->is_null()) kept.emplace_back(key, bounded(*value, 2000));
  }
  if (!kept.empty()) whole.facts.emplace_back("card", Json{std::move(kept)});
  const Json* licence = card.find("license");
  const Json* const name = card.find("license_name");
  // "other" only says that the Hub has no word for it.
  if (licence != nullptr && *licence == Json{"other"} && name != nullptr) licence = name;
  if (licence != nullptr) whole.licence = joined_text(*licence);
}

// Counts the members or items of `model.vocab` and the items of `added_tokens` on the way through the text.
class VocabularyCounter {
 public:
  Vocabulary count(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      const char c = text[at];
      if (c == '"') {
        at = string_at(text, at);
      } else if (c == '{' || c == '[') {
        open();
      } else if (c == '}' || c == ']') {
        --depth_;
      }
    }
    return found_;
  }

 private:
  // Where the string that begins at `at` ends.
  std::size_t string_at(std::string_view text, std::size_t at) {
    std::size_t end = text.find_first_of("\"\\", at + 1);
    while (end != std::string_view::npos && text[end] == '\\') end = text.find_first_of("\"\\", end + 2);
    if (end == std::string_view::npos) return text.size();
    const std::string_view content = text.substr(at + 1, end - at - 1);
    const std::size_t next = text.find_first_not_of(" \t\r\n", end + 1);
    const bool is_key = next != std::string_view::npos && text[next] == ':';
    if (is_key && depth_ == 1) outer_ = content;
    if (is_key && depth_ == 2) inner_ = content;
    if (is_key && depth_ == 3 && is_in_vocabulary()) ++found_.words;
    if (!is_key && depth_ == 2 && outer_ == "model" && inner_ == "type") found_.model = cut_text(content, 100);
    return end;
  }

  void open() {
    if (depth_ == 2 && outer_ == "added_tokens") ++found_.added;
    if (depth_ == 3 && is_in_vocabulary()) ++found_.words;  // of a Unigram: [["word", -3.2], …]
    ++depth_;
  }

  [[nodiscard]] bool is_in_vocabulary() const { return outer_ == "model" && inner_ == "vocab"; }

  Vocabulary found_;
  std::string_view outer_, inner_;
  std::int64_t depth_ = 0;
};

}  // namespace

std::string_view front_matter(std::string_view card) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (card.starts_with(mark)) card.remove_prefix(mark.size());
  const std::size_t first_end = card.find('\n');
  if (first_end == std::string_view::npos || trim(card.substr(0, first_end)) != "---") return "";
  std::size_t begin = first_end + 1;
  const std::string_view inside = card.substr(begin);
  for (std::size_t at = 0; at < inside.size();) {
    const std::size_t end = std::min(inside.find('\n', at), inside.size());
    if (trim(inside.substr(at, end - at)) == "---") return inside.substr(0, at);
    at = end + 1;
  }
  return "";
}

void read_model_card(const Folder& folder, Inspection& whole) {
  const auto text = folder.text("README.md");
  if (!text) return;
  const std::string_view yaml = front_matter(*text);
  if (yaml.empty()) return;
  try {
    const Json card = parse_yaml(yaml, printable(folder.prefix()) + "README.md");
    if (card.is_object()) read_card(card, whole);
  } catch (const Error& error) {
    whole.problems.push_back(error.message());
  }
}

Vocabulary count_vocabulary(std::string_view tokenizer) { return VocabularyCounter{}.count(tokenizer); }

void read_tokenizer(const Folder& folder, Inspection& whole) {
  Json::Object facts;
  if (const auto config = folder.json_object("tokenizer_config.json", whole)) {
    constexpr auto keys = std::to_array<std::string_view>(
        {"tokenizer_class", "model_max_length", "bos_token", "eos_token", "pad_token", "unk_token", "chat_template"});
    for (const std::string_view key : keys) {
      const Json* const value = config->find(key);
      if (value != nullptr && !value->is_null()) facts.emplace_back(key, bounded(*value, 2500));
    }
  }
  constexpr std::uint64_t largest_tokenizer = 64u << 20;
  if (const auto text = folder.text("tokenizer.json", largest_tokenizer)) {
    const Vocabulary vocabulary = count_vocabulary(*text);
    if (!vocabulary.model.empty()) facts.emplace_back("model", vocabulary.model);
    facts.emplace_back("vocabulary", vocabulary.words);
    facts.emplace_back("added_tokens", vocabulary.added);
  }
  if (const auto chat = folder.text("chat_template.jinja")) facts.emplace_back("chat_template", cut_text(*chat, 2000));
  if (!facts.empty()) whole.facts.emplace_back("tokenizer", Json{std::move(facts)});
}

}  // namespace mlops::formats
