#include "artifacts_needs.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace mlops::app {

namespace {

constexpr std::size_t owners_named = 5;

}  // namespace

std::string need_text(const store::ObjectOwner& owner, const store::NeededObject& object) {
  switch (owner.kind) {
    case domain::NodeKind::run:
      return fmt::format("{} of run {}", object.what, owner.id);
    case domain::NodeKind::dataset:
      return fmt::format("{} of dataset {}", object.what, owner.id);
    default:
      return fmt::format("{} of {}", object.what, owner.id);
  }
}

void make_unique(std::vector<artifacts::NeededObject>& objects) {
  // Of two entries for one object the one that knows its size comes first.
  std::sort(objects.begin(), objects.end(), [](const auto& a, const auto& b) {
    return a.digest != b.digest ? a.digest < b.digest : a.size.has_value() && !b.size.has_value();
  });
  const auto same = [](const auto& a, const auto& b) { return a.digest == b.digest; };
  objects.erase(std::unique(objects.begin(), objects.end(), same), objects.end());
}

std::vector<artifacts::NeededObject> needed_objects(store::ReadTransaction& view) {
  std::vector<artifacts::NeededObject> objects;
  view.for_each_needed_object([&](const store::ObjectOwner&, const store::NeededObject& object) {
    if (object.uri.empty()) objects.push_back({object.digest, object.size});
  });
  make_unique(objects);
  return objects;
}

void name_touched(store::ReadTransaction& view, const std::vector<Damaged>& damaged) {
  std::multimap<Digest, ArtifactsFinding*> wanted;
  for (const Damaged& one : damaged) {
    for (const Digest& object : one.objects) wanted.emplace(object, one.finding);
  }
  if (wanted.empty()) return;
  view.for_each_needed_object([&](const store::ObjectOwner& owner, const store::NeededObject& object) {
    if (!object.uri.empty()) return;
    const auto [first, last] = wanted.equal_range(object.digest);
    for (auto found = first; found != last; ++found) {
      ArtifactsFinding& finding = *found->second;
      finding.touches_more = finding.touches.size() == owners_named;
      if (!finding.touches_more) finding.touches.push_back(need_text(owner, object));
    }
  });
}

}  // namespace mlops::app
