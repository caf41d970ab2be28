// What the registry needs of the artifact store, in the words of each room.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <mlops/app/artifacts.hpp>
#include <mlops/store/store.hpp>

namespace mlops::app {

// "model.bin of churn@7", "its log of run 12".
std::string need_text(const store::ObjectOwner& owner, const store::NeededObject& object);

// Sorted by digest, each once.
void make_unique(std::vector<artifacts::NeededObject>& objects);

// Everything that the artifact store must have, each object once.
std::vector<artifacts::NeededObject> needed_objects(store::ReadTransaction& view);

// Whom the objects of a finding belong to; named in a second walk, since nearly always there are none.
struct Damaged {
  std::vector<Digest> objects;
  ArtifactsFinding* finding = nullptr;
};
void name_touched(store::ReadTransaction& view, const std::vector<Damaged>& damaged);

}  // namespace mlops::app
