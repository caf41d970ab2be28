#include <algorithm>
#include <map>
#include <utility>

#include <mlops/app/artifacts.hpp>

#include "artifacts_needs.hpp"
#include "resolve.hpp"

namespace mlops::app {

namespace {

// The groups by name in the order they were met, and one for everything else. Versions of one model share most of
// their objects, so that a group is thinned out whenever it has doubled.
class Groups {
 public:
  void take(const std::string& name, const store::NeededObject& object) {
    Group& group = groups_[place_of(name)];
    group.objects.push_back({object.digest, object.size});
    if (group.objects.size() < group.thin_at) return;
    make_unique(group.objects);
    group.thin_at = std::max(smallest, 2 * group.objects.size());
  }

  [[nodiscard]] std::vector<artifacts::ObjectGroup> finish() && {
    std::vector<artifacts::ObjectGroup> objects;
    objects.reserve(groups_.size());
    for (Group& group : groups_) {
      make_unique(group.objects);
      objects.push_back({std::move(group.objects)});
    }
    return objects;
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  static constexpr std::size_t smallest = 1024;
  struct Group {
    std::vector<artifacts::NeededObject> objects;
    std::size_t thin_at = smallest;
  };

  std::size_t place_of(const std::string& name) {
    const auto [found, is_new] = places_.emplace(name, groups_.size());
    if (is_new) {
      groups_.emplace_back();
      names_.push_back(name);
    }
    return found->second;
  }

  std::map<std::string, std::size_t> places_;
  std::vector<Group> groups_;
  std::vector<std::string> names_;
};

}  // namespace

ArtifactsStatsOutcome artifacts_stats(Workspace& workspace, const std::optional<std::string>& model) {
  ArtifactsStatsOutcome outcome;
  Groups groups;
  {
    const auto view = workspace.read();
    if (model) outcome.model = require_model(*view, *model);
    view->for_each_needed_object([&](const store::ObjectOwner& owner, const store::NeededObject& object) {
      if (!object.uri.empty()) return;
      std::string name;
      if (owner.kind == domain::NodeKind::version) {
        const std::string its_model = owner.id.substr(0, owner.id.rfind('@'));
        if (!outcome.model) name = its_model;
        if (outcome.model == its_model) name = owner.id;
      }
      groups.take(name, object);
    });
  }
  const std::vector<std::string> names = groups.names();
  outcome.store = workspace.maintenance()->usage(std::move(groups).finish());
  for (std::size_t i = 0; i < names.size(); ++i) outcome.rows.push_back({names[i], outcome.store.groups.at(i)});
  std::stable_partition(outcome.rows.begin(), outcome.rows.end(), [](const auto& row) { return !row.name.empty(); });
  return outcome;
}

}  // namespace mlops::app
