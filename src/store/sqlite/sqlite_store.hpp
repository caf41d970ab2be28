// The Store over one SQLite file.
#pragma once

#include <memory>
#include <span>
#include <string>

#include <mlops/store/store.hpp>

#include "schema.hpp"

namespace mlops::store::sqlite {

// Tests give another list of migrations, to stand for an older or a newer program.
void create(const std::string& path, std::span<const Migration> known = migrations());
std::unique_ptr<Store> open(const std::string& path, const OpenOptions& options,
                            std::span<const Migration> known = migrations());

}  // namespace mlops::store::sqlite
