#include "walk.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include <fmt/core.h>

#include "malformed.hpp"

namespace mlops::formats::hdf5 {

namespace {

constexpr std::size_t most_objects = 1'000'000;
constexpr std::size_t most_links = 2'000'000;
constexpr std::size_t longest_path = 4096;
constexpr std::size_t deepest = 512;

struct Open {  // a group whose links are being followed
  std::string path;
  std::vector<Link> links;
  std::size_t next = 0;
};

class Walk {
 public:
  Walk(const File& file, Visitor& visitor) : file_{file}, visitor_{visitor} {}

  void run() {
    visit("", file_.superblock().root);
    while (!open_.empty()) {
      Open& group = open_.back();
      if (group.next == group.links.size()) {
        open_.pop_back();
        continue;
      }
      const Link link = std::move(group.links[group.next++]);
      follow(group.path.empty() ? link.name : group.path + "/" + link.name, link);
    }
  }

 private:
  void follow(const std::string& path, const Link& link) {
    if (link.kind != LinkKind::hard) return visitor_.on_link(path, link);
    if (path.size() > longest_path || open_.size() > deepest) {
      return visitor_.on_unscannable(path.substr(0, longest_path), "it is nested too deep");
    }
    visit(path, link.address);
  }

  void visit(const std::string& path, std::uint64_t address) {
    if (!seen_.insert(address).second) return;
    if (seen_.size() > most_objects) throw Unscannable{"it holds too many objects"};
    try_to(path, [&] { read(path, address); });
  }

  // What is wrong with one object must not hide the others.
  template <typename F>
  void try_to(const std::string& path, F read_it) {
    try {
      read_it();
    } catch (const Malformed& error) {
      visitor_.on_malformed(path, error.what());
    } catch (const Unscannable& error) {
      if (file_.is_spent()) throw;
      visitor_.on_unscannable(path, error.what());
    }
  }

  void read(const std::string& path, std::uint64_t address) {
    const ObjectHeader header = read_object_header(file_, address);
    const Attributes attributes = read_attributes(file_, header);
    if (attributes.error) try_to(path, [&] { std::rethrow_exception(attributes.error); });
    visitor_.on_object(path, attributes.list);
    if (is_dataset(header)) {
      const DatasetReading reading = read_dataset(file_, header);
      visitor_.on_dataset(path, reading.dataset, attributes.list);
      if (reading.error) std::rethrow_exception(reading.error);
    } else if (is_group(header)) {
      enter(path, read_links(file_, header));
    } else if (path.empty()) {
      throw Malformed{"the root is not a group"};
    }
  }

  void enter(const std::string& path, std::vector<Link> links) {
    links_ += links.size();
    if (links_ > most_links) throw Unscannable{"it holds too many links"};
    std::vector<std::string_view> names;
    for (const Link& link : links) names.emplace_back(link.name);
    std::ranges::sort(names);
    if (const auto twin = std::ranges::adjacent_find(names); twin != names.end()) {
      visitor_.on_malformed(path, fmt::format("two links have the name `{}`", *twin));
    }
    open_.push_back({path, std::move(links)});
  }

  const File& file_;
  Visitor& visitor_;
  std::vector<Open> open_;
  std::unordered_set<std::uint64_t> seen_;
  std::size_t links_ = 0;
};

}  // namespace

void walk(const File& file, Visitor& visitor) { Walk{file, visitor}.run(); }

}  // namespace mlops::formats::hdf5
