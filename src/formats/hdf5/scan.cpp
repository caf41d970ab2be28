#include <algorithm>

#include <fmt/core.h>

#include "file.hpp"
#include "format.hpp"
#include "format_table.hpp"
#include "keras/config.hpp"
#include "malformed.hpp"
#include "walk.hpp"

namespace mlops::formats {

namespace hdf5 {

namespace {

using domain::Safety;

constexpr std::size_t most_strings = 10'000;

// What PyTables, and pandas through it, unpickles when it reads attributes.
bool looks_like_pickle(std::string_view text) {
  return text.size() > 1 && text.back() == '.' &&
         (text.front() == '\x80' || text.front() == '(' || text.front() == 'c' || text.front() == 'I' ||
          text.front() == 'S');
}

bool is_configuration(std::string_view name) { return name == "model_config" || name == "training_config"; }

// Over 4 GiB in memory, and over a thousand times what is in the file: the bounds of Keras itself (CVE-2026-0897).
bool is_bomb(const Dataset& dataset) {
  constexpr std::uint64_t most_bytes = std::uint64_t{4} << 30;
  constexpr std::uint64_t most_times = 1000;
  const std::uint64_t size = std::max<std::uint64_t>(dataset.value.type.size, 1);
  const std::uint64_t elements = dataset.value.space.elements;
  return elements > most_bytes / size && elements / most_times > dataset.bytes / size;
}

class Scanner final : public Visitor {
 public:
  Scanner(const File& file, Scanning& scanning) : file_{file}, scanning_{scanning} {}

  void on_object(const std::string& path, const std::vector<Attribute>& attributes) override {
    for (const Attribute& attribute : attributes) {
      const Scanning::Place place{scanning_, path.empty() ? attribute.name : path + "@" + attribute.name};
      if (is_configuration(attribute.name)) {
        scan_configuration(attribute);
      } else {
        try_to([&] { scan_strings(attribute.value); });
      }
    }
    const Attribute* atom = find_attribute(attributes, "PSEUDOATOM");
    if (atom == nullptr) return;
    try_to([&] {
      if (text_of(file_, atom->value) != "object") return;
      const Scanning::Place place{scanning_, path};
      scanning_.report(Safety::unscannable, "hdf5.pickle", "holds pickled objects, which PyTables loads");
    });
  }

  void on_dataset(const std::string& path, const Dataset& dataset, const std::vector<Attribute>&) override {
    const Scanning::Place place{scanning_, path};
    for (const std::string& other : dataset.other_files) {
      scanning_.report(Safety::dangerous, "hdf5.external-data", fmt::format("reads its data from the file {}", other));
    }
    if (dataset.virtual_file == ".") {
      scanning_.report(Safety::unknown, "hdf5.virtual", "puts its data together from datasets that may be elsewhere");
    } else if (dataset.virtual_file) {
      scanning_.report(Safety::dangerous, "hdf5.virtual",
                       fmt::format("reads its data from the file {}", *dataset.virtual_file));
    }
    if (dataset.missing > 0) {
      scanning_.report(Safety::malformed, "malformed",
                       fmt::format("its data reach beyond the end of the file by {} bytes", dataset.missing));
    }
    if (is_bomb(dataset)) {
      scanning_.report(Safety::unknown, "hdf5.expands",
                       fmt::format("takes {} bytes in the file, and vastly more in memory", dataset.bytes));
    }
    if (!dataset.value.data.empty()) try_to([&] { scan_strings(dataset.value); });
  }

  void on_link(const std::string& path, const Link& link) override {
    const Scanning::Place place{scanning_, path};
    if (link.kind == LinkKind::external) {
      scanning_.report(Safety::dangerous, "hdf5.external-link", fmt::format("leads to another file, {}", link.target));
    } else if (link.kind == LinkKind::other) {
      scanning_.report(Safety::unknown, "hdf5.external-link", "is a link that only a program of its own can follow");
    }
  }

  void on_malformed(const std::string& path, const std::string& what) override {
    const Scanning::Place place{scanning_, path};
    scanning_.report(Safety::malformed, "malformed", what);
  }

  void on_unscannable(const std::string& path, const std::string& what) override {
    const Scanning::Place place{scanning_, path};
    scanning_.report(Safety::unscannable, "unscannable", what);
  }

 private:
  template <typename F>
  void try_to(F look) {
    try {
      look();
    } catch (const Malformed& error) {
      scanning_.report(Safety::malformed, "malformed", error.what());
    } catch (const Unscannable& error) {
      if (file_.is_spent()) throw;
      scanning_.report(Safety::unscannable, "unscannable", error.what());
    }
  }

  void scan_configuration(const Attribute& attribute) {
    std::optional<std::string> text;
    try_to([&] { text = text_of(file_, attribute.value); });
    if (!text) return scanning_.report(Safety::unscannable, "keras.config", "can't be read");
    scan_keras_json(*text, scanning_);
  }

  void scan_strings(const Value& value) {
    for (const std::string& text : raw_strings_of(value)) {
      scanning_.spend(text.size());
      if (looks_like_keras(text)) scan_keras_json(text, scanning_);
      if (looks_like_pickle(text)) {
        scanning_.descend(MemorySource{text}, "a pickle");
      }
    }
  }

  // Pickles have NULs inside: strings of a fixed length are taken whole, without what fills them up.
  [[nodiscard]] std::vector<std::string> raw_strings_of(const Value& value) const {
    const bool is_bytes = value.type.type == TypeClass::string || value.type.type == TypeClass::opaque;
    if (!is_bytes || value.space.elements != 1) return strings_of(file_, value, most_strings);
    std::string text = value.data.substr(0, value.type.size);
    text.erase(std::find_if(text.rbegin(), text.rend(), [](char c) { return c != '\0'; }).base(), text.end());
    return {std::move(text)};
  }

  const File& file_;
  Scanning& scanning_;
};

}  // namespace

void scan_contents(const File& file, Scanning& scanning) {
  const Superblock& superblock = file.superblock();
  if (const std::uint64_t missing = file.missing(0, superblock.end - superblock.base); missing > 0) {
    scanning.report(Safety::malformed, "malformed",
                    fmt::format("the file is shorter than it says by {} bytes", missing));
  }
  if (superblock.driver != undefined) {
    scanning.report(Safety::unscannable, "hdf5.driver", "its data are spread over several files");
  }
  Scanner scanner{file, scanning};
  walk(file, scanner);
}

}  // namespace hdf5

bool is_hdf5(const Head& head) { return head.starts_with("\x89HDF\r\n\x1a\n"); }

bool is_hdf5_behind_user_block(const Head& head) { return hdf5::find_superblock(head.source).has_value(); }

void scan_hdf5(const ByteSource& source, Scanning& scanning) { hdf5::scan_contents(hdf5::File{source}, scanning); }

}  // namespace mlops::formats
