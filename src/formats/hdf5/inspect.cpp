#include <algorithm>
#include <set>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "file.hpp"
#include "format.hpp"
#include "malformed.hpp"
#include "walk.hpp"

namespace mlops::formats {

namespace hdf5 {

namespace {

constexpr std::size_t most_problems = 100;
constexpr std::size_t most_facts = 100;
constexpr std::size_t most_items = 100;
constexpr std::size_t longest_name = 500;

std::string shown(std::string_view text) { return truncate_to_width(printable(text), longest_name); }

bool is_number(const Datatype& type) {
  switch (type.type) {
    case TypeClass::integer:
    case TypeClass::real:
    case TypeClass::complex:
      return true;
    case TypeClass::compound:
      return dtype_of(type) != "struct";
    case TypeClass::array:
      return is_number(type.parts.front());
    default:
      return false;
  }
}

// Keras keeps the state of its optimisers and random generators beside what training has set.
bool is_parameter(std::string_view path) {
  return !path.starts_with("optimizer/") && !path.starts_with("optimizer_weights/") &&
         path.find("seed_generator") == std::string_view::npos;
}

class Inspector final : public Visitor {
 public:
  Inspector(const File& file, domain::Inspection& inspection) : file_{file}, inspection_{inspection} {}

  void on_object(const std::string& path, const std::vector<Attribute>& attributes) override {
    ++objects_;
    if (!path.empty()) return;
    root_ = attributes;
    for (const Attribute& attribute : attributes) {
      // The configuration of Keras is read by itself.
      if (attribute.name.ends_with("_config") || root_facts_.size() == most_facts) continue;
      root_facts_.emplace_back(shown(attribute.name), value_of(attribute));
    }
  }

  void on_dataset(const std::string& path, const Dataset& dataset, const std::vector<Attribute>& attributes) override {
    ++datasets_;
    domain::Tensor tensor{shown(path), dtype_of(dataset.value.type), dataset.value.space.shape, dataset.bytes};
    std::uint64_t elements = dataset.value.space.elements;
    bool counts = is_number(dataset.value.type);
    for (const Datatype* type = &dataset.value.type; type->type == TypeClass::array; type = &type->parts.front()) {
      tensor.shape.insert(tensor.shape.end(), type->shape.begin(), type->shape.end());
      for (const std::uint64_t size : type->shape) elements = product(elements, size, "elements");
    }
    if (const auto dtype = dtype_by_attribute(dataset, attributes)) {
      tensor.dtype = *dtype;
      counts = true;
    }
    inspection_.add_tensor(std::move(tensor));
    if (counts && is_parameter(path)) parameters_ += std::min(elements, undefined - parameters_);
    filters_.insert(dataset.filters.begin(), dataset.filters.end());
    for (const std::string& other : dataset.other_files) {
      add_problem(path, fmt::format("its data are in another file, {}", shown(other)));
    }
    if (dataset.virtual_file) add_problem(path, "its data are put together from other datasets");
    if (dataset.missing > 0) {
      add_problem(path, fmt::format("its data reach beyond the end of the file by {} bytes", dataset.missing));
    }
    keep_text(path, dataset);
  }

  void on_link(const std::string& path, const Link& link) override {
    if (links_.size() == most_facts) return;
    links_.emplace_back(shown(path), shown(link.target));
    if (link.kind == LinkKind::external)
      add_problem(path, fmt::format("it is in another file, {}", shown(link.target)));
  }

  void on_malformed(const std::string& path, const std::string& what) override { add_problem(path, what); }
  void on_unscannable(const std::string& path, const std::string& what) override { add_problem(path, what); }

  std::vector<Attribute> finish() {
    if (datasets_ > 0) inspection_.parameters = parameters_;
    Json::Object& facts = inspection_.facts;
    facts.emplace_back("objects", objects_);
    facts.emplace_back("datasets", datasets_);
    if (!root_facts_.empty()) facts.emplace_back("attributes", std::move(root_facts_));
    if (!filters_.empty()) facts.emplace_back("filters", Json::Array(filters_.begin(), filters_.end()));
    if (!links_.empty()) facts.emplace_back("links", std::move(links_));
    if (!texts_.empty()) facts.emplace_back("texts", std::move(texts_));
    return std::move(root_);
  }

 private:
  // Keras writes bfloat16 and the like as opaque bytes, and their type beside them.
  static constexpr std::string_view dtype_attribute = "dtype";
  [[nodiscard]] std::optional<std::string> dtype_by_attribute(const Dataset& dataset,
                                                              const std::vector<Attribute>& attributes) const {
    if (dataset.value.type.type != TypeClass::opaque) return std::nullopt;
    const Attribute* found = find_attribute(attributes, dtype_attribute);
    const auto text = found == nullptr ? std::nullopt : text_of(file_, found->value);
    if (!text || text->empty()) return std::nullopt;
    return shown(*text);
  }

  [[nodiscard]] Json value_of(const Attribute& attribute) {
    try {
      return json_of(file_, attribute.value, most_items);
    } catch (const Malformed& error) {
      add_problem("", fmt::format("attribute `{}`: {}", shown(attribute.name), error.what()));
    } catch (const Unscannable& error) {
      add_problem("", fmt::format("attribute `{}`: {}", shown(attribute.name), error.what()));
    }
    return Json{};
  }

  void keep_text(const std::string& path, const Dataset& dataset) {
    if (dataset.value.data.empty() || texts_.size() == most_facts) return;
    texts_.emplace_back(shown(path), json_of(file_, dataset.value, most_items));
  }

  void add_problem(const std::string& path, const std::string& what) {
    if (inspection_.problems.size() >= most_problems) return;
    inspection_.problems.push_back(path.empty() ? what : fmt::format("`{}`: {}", shown(path), what));
  }

  const File& file_;
  domain::Inspection& inspection_;
  std::vector<Attribute> root_;
  std::uint64_t objects_ = 0;
  std::uint64_t datasets_ = 0;
  std::uint64_t parameters_ = 0;
  Json::Object root_facts_;
  Json::Object links_;
  Json::Object texts_;
  std::set<std::string> filters_;
};

}  // namespace

std::vector<Attribute> inspect_contents(const File& file, domain::Inspection& inspection) {
  const Superblock& superblock = file.superblock();
  inspection.format_version = fmt::format("{}", superblock.version);
  if (superblock.base > 0) inspection.facts.emplace_back("user_block", superblock.base);
  if (const std::uint64_t missing = file.missing(0, superblock.end - superblock.base); missing > 0) {
    inspection.problems.push_back(fmt::format("the file is shorter than it says by {} bytes", missing));
  }
  if (superblock.driver != undefined) inspection.problems.emplace_back("its data are spread over several files");
  Inspector inspector{file, inspection};
  try {
    walk(file, inspector);
  } catch (const Unscannable& error) {
    inspection.problems.emplace_back(error.what());
  }
  return inspector.finish();
}

std::vector<Attribute> root_attributes(const File& file) {
  return read_attributes(file, read_object_header(file, file.superblock().root)).list;
}

}  // namespace hdf5

void inspect_hdf5(const ByteSource& source, domain::Inspection& inspection) {
  hdf5::inspect_contents(hdf5::File{source}, inspection);
}

}  // namespace mlops::formats
