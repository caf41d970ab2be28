// What rows repeat of other rows, so that it is found by an index.
#pragma once

#include <string>
#include <vector>

#include <mlops/domain/event.hpp>

#include "db.hpp"

namespace mlops::store::sqlite {

// The model that an event is about, as its row says for `audit log --model`; "" for none.
std::string model_of(const domain::Event& event);

// Where such a copy is not what it should be: commands that search by it would give wrong answers. A sentence for each,
// the first few.
std::vector<std::string> wrong_copies(Database& database);

}  // namespace mlops::store::sqlite
