#include "catboost.hpp"

#include <string>
#include <string_view>

#include <fmt/core.h>

#include "byte_reader.hpp"
#include "facts.hpp"
#include "flatbuffer.hpp"
#include "json/json_stream.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

constexpr std::string_view magic = "CBM1";
constexpr std::uint64_t longest_text = 1u << 20;
constexpr std::uint64_t most_pairs = 100;

// Fields of the tables TModelCore and TKeyValue.
enum Field : unsigned { format_version = 0, info_map = 2, pair_key = 0, pair_value = 1 };

// The parameters as the caller of the library gave them; all others have their defaults.
void tell_parameters(const std::string& text, domain::Inspection& inspection) {
  const MemorySource source{text};
  JsonStream in{source};
  if (in.next() != Token::begin_object) throw Malformed{"its parameters are no object"};
  each_member(in, [&](const std::string& key) {
    const Token token = in.next();
    if (key == "flat_params" && token == Token::begin_object) {
      each_member(in, [&](const std::string& name) {
        Json value = read_fact(in, in.next());
        inspection.hyperparameters.insert_or_assign(fact_text(name, 256), std::move(value));
      });
    } else if (key == "loss_function" && token == Token::begin_object) {
      const Json loss = read_fact(in, token);
      if (const Json* type = loss.find("type")) inspection.facts.emplace_back("loss_function", *type);
    } else {
      in.skip(token);
    }
  });
}

// "… Branch: tags/v1.2.10 …"
void tell_version(std::string_view info, domain::Inspection& inspection) {
  constexpr std::string_view mark = "tags/v";
  const std::size_t at = info.find(mark);
  if (at == std::string_view::npos) return;
  const std::string_view rest = info.substr(at + mark.size());
  const std::string version = fact_text(rest.substr(0, rest.find_first_not_of("0123456789.")), 64);
  inspection.libraries["catboost"] = version;
  inspection.producer = fmt::format("catboost {}", version);
}

}  // namespace

bool is_catboost(const Head& head) { return head.starts_with(magic); }

void inspect_catboost(const ByteSource& source, domain::Inspection& inspection) {
  ByteReader in{source};
  in.skip(magic.size());
  const std::uint64_t size = in.little<std::uint32_t>();
  if (size > in.left()) throw Malformed{fmt::format("a model of {} bytes is declared, {} are left", size, in.left())};
  const SourcePart core{source, in.offset(), size};
  const FlatTable model = FlatTable::root(core);
  inspection.format_version = fact_text(model.text(Field::format_version, 64).value_or(""), 64);
  for (const FlatTable& pair : model.tables(Field::info_map, most_pairs)) {
    const std::string key = pair.text(Field::pair_key, 256).value_or("");
    const std::string value = pair.text(Field::pair_value, longest_text).value_or("");
    if (key == "params") tell_parameters(value, inspection);
    if (key == "catboost_version_info") tell_version(value, inspection);
    if (key == "train_finish_time" || key == "model_guid") inspection.facts.emplace_back(key, fact_text(value, 256));
  }
}

}  // namespace mlops::formats
