#include "keras/formats.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>

#include <fmt/core.h>

#include "format_table.hpp"
#include "hdf5/file.hpp"
#include "hdf5/format.hpp"
#include "keras/config.hpp"
#include "malformed.hpp"

namespace mlops::formats {

namespace {

std::string attribute_text(const hdf5::File& file, const std::vector<hdf5::Attribute>& attributes,
                           std::string_view name) {
  const hdf5::Attribute* found = hdf5::find_attribute(attributes, name);
  return found == nullptr ? std::string{} : hdf5::text_of(file, found->value).value_or("");
}

template <typename F>
void try_to(domain::Inspection& inspection, std::string_view name, F read_it) {
  try {
    read_it();
  } catch (const Malformed& error) {
    inspection.problems.push_back(fmt::format("{}: {}", name, error.what()));
  } catch (const Unscannable& error) {
    inspection.problems.push_back(fmt::format("{}: {}", name, error.what()));
  }
}

std::string whole_text(const ByteSource& source) {
  if (source.size() > longest_keras_json) throw Unscannable{"it is too long to look at"};
  return read_bytes(source, 0, static_cast<std::size_t>(source.size()));
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool has_keras_attributes(const ByteSource& source) {
  try {
    const auto attributes = hdf5::root_attributes(hdf5::File{source});
    return std::ranges::any_of(attributes, [](const hdf5::Attribute& attribute) {
      const std::string& name = attribute.name;
      return name == "model_config" || name == "keras_version" || name == "layer_names";
    });
  } catch (const Malformed&) {
    return false;
  } catch (const Unscannable&) {
    return false;
  }
}

}  // namespace

bool is_keras_hdf5(const Head& head) { return is_hdf5(head) && has_keras_attributes(head.source); }

bool is_keras_hdf5_behind_user_block(const Head& head) {
  return is_hdf5_behind_user_block(head) && has_keras_attributes(head.source);
}

void inspect_keras_hdf5(const ByteSource& source, domain::Inspection& inspection) {
  const hdf5::File file{source};
  const auto root = hdf5::inspect_contents(file, inspection);
  try_to(inspection, "keras_version", [&] {
    note_keras_version(attribute_text(file, root, "keras_version"), attribute_text(file, root, "backend"), inspection);
  });
  try_to(inspection, "model_config", [&] {
    if (const std::string text = attribute_text(file, root, "model_config"); !text.empty()) {
      inspect_keras_model(parse_keras_json(text), inspection);
    }
  });
  try_to(inspection, "training_config", [&] {
    if (const std::string text = attribute_text(file, root, "training_config"); !text.empty()) {
      inspect_keras_training(parse_keras_json(text), inspection);
    }
  });
}

bool is_keras_json(const Head& head) {
  const std::size_t start = head.bytes.find_first_not_of(" \t\r\n");
  if (start == std::string::npos || head.bytes[start] != '{' || !looks_like_keras(head.bytes)) return false;
  if (head.source.size() > longest_keras_json) return false;
  const std::string text = whole_text(head.source);
  try {
    return is_keras_model(parse_keras_json(text));
  } catch (const Malformed&) {
    // Broken in a way that other readers may bear.
    return has_any(text, {"\"layers\"", "\"keras_version\""}) && has_any(text, {"\"config\""});
  }
}

void inspect_keras_json(const ByteSource& source, domain::Inspection& inspection) {
  const Json model = parse_keras_json(whole_text(source));
  inspect_keras_model(model, inspection);
  const Json* version = model.find("keras_version");
  const Json* backend = model.find("backend");
  const auto text = [](const Json* value) { return value != nullptr && value->is_string() ? value->as_string() : ""; };
  note_keras_version(text(version), text(backend), inspection);
}

void scan_keras_json_file(const ByteSource& source, Scanning& scanning) {
  scan_keras_json(whole_text(source), scanning);
}

}  // namespace mlops::formats
